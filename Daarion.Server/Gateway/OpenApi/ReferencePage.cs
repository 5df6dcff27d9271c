using System.IO.Compression;
using Microsoft.AspNetCore.Http.HttpResults;
using Scalar.AspNetCore;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>
/// The reference page at <c>/docs</c>: Scalar, with its script out of the package and a start script of its own file, so that the page
/// needs nothing from outside and no inline script, as the content policy says.
/// </summary>
internal static class ReferencePage
{
    private const string ScriptResource = "ScalarStaticAssets.scalar.js";

    private const string Page = """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Daarion API</title>
        </head>
        <body>
          <div id="reference"></div>
          <noscript>The machine-readable document is at <a href="/openapi/public.json">/openapi/public.json</a>.</noscript>
          <script src="/docs/scalar.js"></script>
          <script src="/docs/start.js"></script>
        </body>
        </html>
        """;

    private const string Start = """
        Scalar.createApiReference('#reference', {
          url: '/openapi/public.json',
          withDefaultFonts: false,
          telemetry: false,
          showDeveloperTools: 'never',
          agent: { disabled: true },
          mcp: { disabled: true },
          hideClientButton: true,
        });
        """;

    private static readonly Lazy<byte[]> Script = new(ReadScript);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var docs = routes.MapGroup("/docs").OnListener(Listener.Public).Unmetered().ExcludeFromDescription();
        docs.MapGet("/", () => TypedResults.Content(Page, "text/html; charset=utf-8"));
        docs.MapGet("/start.js", () => TypedResults.Content(Start, "text/javascript; charset=utf-8"));
        docs.MapGet("/scalar.js", ServeScript);
    }

    private static FileContentHttpResult ServeScript(HttpContext http)
    {
        http.Response.Headers.ContentEncoding = "gzip";
        http.Response.Headers.CacheControl = "public, max-age=86400";
        return TypedResults.Bytes(Script.Value, "text/javascript; charset=utf-8");
    }

    // Kept compressed, as every browser takes it.
    private static byte[] ReadScript()
    {
        using var resource = typeof(ScalarOptions).Assembly.GetManifestResourceStream(ScriptResource)
            ?? throw new InvalidOperationException($"{ScriptResource} is not in the Scalar package");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        if (bytes.GetBuffer() is [0x1F, 0x8B, ..])
        {
            return bytes.ToArray();
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            bytes.Position = 0;
            bytes.CopyTo(gzip);
        }

        return packed.ToArray();
    }
}
