using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Daarion.Tests.Integration.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Embedded;

/// <summary>Settings whose effect is seen only from outside: where telemetry goes, how logs look, whose word about addresses is believed.</summary>
[Collection(ServerCollection.Name)]
public sealed class SettingsAtWorkTests
{
    private const string Visitor = "203.0.113.7";

    [Fact]
    public async Task Traces_and_figures_go_to_the_collector_and_every_line_of_the_log_is_json()
    {
        await using var collector = await Collector.Start();
        await using var server = new ServerProcess
        {
            Environment =
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["DAARION_LOG_FORMAT"] = "json",
            },
        };
        await server.Start();
        (await server.Http.GetAsync("/api/v1/me")).Dispose();

        await Eventually.True(
            () => Task.FromResult(collector.Holds("/v1/traces", "daarion") && collector.Holds("/v1/metrics", "daarion.") && collector.Holds("/v1/metrics", "http.server.request.duration")),
            () => $"the collector has traces and figures; it has {string.Join(", ", collector.Paths)}",
            TimeSpan.FromSeconds(60));

        await server.Stop();
        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Fact]
    public async Task A_proxy_on_this_machine_is_believed_whom_it_speaks_for()
    {
        await using var server = new ServerProcess();
        await server.Start();
        var link = (await server.RunJson("admin", "operator", "--email", "olena@example.org")).GetProperty("sign_in_url").GetString()!;
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = server.PublicUrl, DefaultRequestHeaders = { { "X-Forwarded-For", Visitor } } };

        (await browser.GetAsync(link)).Dispose();

        var sessions = await browser.GetFromJsonAsync<JsonElement>("/api/v1/me/sessions");
        Assert.Equal(Visitor, sessions.GetProperty("items")[0].GetProperty("ip").GetString());
    }

    /// <summary>An OpenTelemetry collector as far as an exporter sees it: it takes everything and remembers it.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Body)> taken = new();
        private readonly WebApplication app;

        private Collector(WebApplication app) => this.app = app;

        public string Address => app.Urls.First();

        public IEnumerable<string> Paths => taken.Select(request => request.Path).Distinct(StringComparer.Ordinal);

        public static async Task<Collector> Start()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var collector = new Collector(builder.Build());
            collector.app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                collector.taken.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
                http.Response.ContentType = "application/x-protobuf";
            });
            await collector.app.StartAsync();
            return collector;
        }

        public bool Holds(string path, string text) => taken.Any(request => request.Path == path && request.Body.Contains(text, StringComparison.Ordinal));

        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
