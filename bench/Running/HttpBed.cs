using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Daarion.Bench.Running;

/// <summary>
/// A city with a service key that asks the PDP over HTTP, and beside it the same endpoint bare: it reads the same question and writes the same answer, and between
/// the two is nothing. What is between them in the city is its whole pipeline: token, budgets, policy (two decisions: whether the key may ask, and what it asks), operation, span and figures.
/// </summary>
internal sealed class HttpBed : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 });
    private WebApplication? city;
    private WebApplication? bare;
    private byte[] body = [];
    private Uri decide = new("http://127.0.0.1");
    private Uri echo = new("http://127.0.0.1");

    public static async Task<HttpBed> Start()
    {
        var bed = new HttpBed();
        await bed.Open();
        return bed;
    }

    /// <summary>Questions to the city a second.</summary>
    public Task<double> City(int requests, int atOnce) => Rate(decide, requests, atOnce);

    /// <summary>Requests to the bare endpoint a second.</summary>
    public Task<double> Bare(int requests, int atOnce) => Rate(echo, requests, atOnce);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await bare!.DisposeAsync();
        await city!.StopAsync();
        await city.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<double> Rate(Uri to, int requests, int atOnce)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, _) => await Ask(to));
        return requests / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task<byte[]> Ask(Uri to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        using var answer = await http.SendAsync(request);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync()
            : throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task Open()
    {
        var (open, inside) = (LoopbackPort.FreeAddress(), LoopbackPort.FreeAddress());
        city = CityHost.Build(
            new CitySettings
            {
                DataFolder = folder.FullName,
                PublicUrl = open,
                Listen = open,
                InternalListen = inside,
                UnauthenticatedPerMinute = 100_000_000,
                RequestsPerSecond = 100_000_000,
            },
            builder => builder.Logging.ClearProviders());
        await city.StartAsync();
        decide = new Uri(inside, "/pdp/decide");
        var key = await city.Services.GetRequiredService<IServiceKeyService>().Create(Caller.ForService(ServiceName.Auth), new CreateServiceKey("bench", [PolicyCapabilities.Decide, "usage.read"]), default);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Token(open, key));
        body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"subject":{"id":"{{key.ClientId}}","kind":"service"},"action":"usage.read","resource":{"kind":"thing","id":"x_1"} }"""));
        await OpenBare(JsonSerializer.Deserialize<DecisionAnswer>(await Ask(decide), CityJson.Options)!);
    }

    private async Task<string> Token(Uri open, ServiceKeySecret key)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = key.ClientId.Value,
            ["client_secret"] = key.ClientSecret,
        });
        using var answer = await http.PostAsync(new Uri(open, "/connect/token"), form);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString()!;
    }

    private async Task OpenBare(DecisionAnswer answer)
    {
        var at = LoopbackPort.FreeAddress();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(at.ToString());
        builder.Services.ConfigureHttpJsonOptions(json => CityJson.Configure(json.SerializerOptions));
        bare = builder.Build();
        bare.MapPost("/decide", (DecisionRequest asked) => TypedResults.Ok(asked.Action.Length > 0 ? answer : null));
        await bare.StartAsync();
        echo = new Uri(at, "/decide");
    }
}
