using Microsoft.AspNetCore.StaticAssets;

namespace Daarion.Server.Gateway;

/// <summary>Files of the console: the same for everyone, so nobody is asked who wants them.</summary>
internal static class StaticAssets
{
    public static bool IsOne(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
        || http.Request.Path.StartsWithSegments("/_framework", StringComparison.Ordinal) || http.Request.Path.StartsWithSegments("/_content", StringComparison.Ordinal);
}
