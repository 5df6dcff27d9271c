using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Serialization;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Bench.Running;

/// <summary>
/// A city that takes deliveries over HTTP, and beside it the endpoint that it is measured against: one that puts each request into the same database
/// with one INSERT and does nothing else. The relay rests: what is measured is the acceptance up to its commit.
/// </summary>
internal sealed class AcceptBed : IAsyncDisposable
{
    private const int Sites = 200;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly SocketsHttpHandler wire = new() { UseCookies = false, MaxConnectionsPerServer = 256 };
    private readonly HttpClient http;
    private WebApplication? city;
    private WebApplication? bare;
    private NpgsqlDataSource? database;
    private PlatformKey? key;
    private Uri deliverTo = new("http://127.0.0.1");
    private Uri insertTo = new("http://127.0.0.1");
    private readonly int[] counters = new int[Sites];
    private readonly DateTimeOffset begin = TimeProvider.System.GetUtcNow().AddDays(-20);

    private AcceptBed() => http = new HttpClient(wire);

    public static async Task<AcceptBed> Start()
    {
        var bed = new AcceptBed();
        await bed.Open();
        return bed;
    }

    /// <summary>
    /// Sends deliveries of so many readings each, so many at once; answers the readings accepted a second. Bodies are made before the clock starts.
    /// Large deliveries come as a platform sends them, each about a district of its own.
    /// </summary>
    public Task<double> Deliver(int deliveries, int readings, int atOnce)
    {
        var district = Sites / atOnce;
        var bodies = Enumerable.Range(0, deliveries)
            .Select(number => Encoding.UTF8.GetBytes(readings == 1
                ? Reading(number % Sites)
                : $$"""{"readings":[{{string.Join(',', Enumerable.Range(0, readings).Select(i => Reading((number % atOnce * district) + (i % district))))}}]}"""))
            .ToArray();
        return Rate(bodies, readings, atOnce, async body =>
        {
            var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var request = Post(deliverTo, body);
            request.Headers.Add("X-Platform-Id", "bench");
            request.Headers.Add("X-Timestamp", timestamp);
            request.Headers.Add("X-Signature", DeliverySignature.Sign(key!, null, timestamp, body));
            await Send(request, HttpStatusCode.Accepted);
        });
    }

    /// <summary>Sends so many readings to the bare endpoint; answers the readings inserted a second.</summary>
    public Task<double> Insert(int readings, int atOnce) => Rate(
        [.. Enumerable.Range(0, readings).Select(number => Encoding.UTF8.GetBytes(Reading(number % Sites)))],
        1,
        atOnce,
        async body =>
        {
            using var request = Post(insertTo, body);
            await Send(request, HttpStatusCode.OK);
        });

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await bare!.DisposeAsync();
        await database!.DisposeAsync();
        await city!.StopAsync();
        await city.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<double> Rate(byte[][] bodies, int readings, int atOnce, Func<byte[], Task> send)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (body, _) => await send(body));
        return bodies.Length * readings / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static HttpRequestMessage Post(Uri to, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        return request;
    }

    private async Task Send(HttpRequestMessage request, HttpStatusCode expected)
    {
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode != expected)
        {
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private string Reading(int site)
    {
        var n = ++counters[site];
        return string.Create(CultureInfo.InvariantCulture, $$"""{"source":"bench","domain":"energy","site_id":"EU-KYIV-{{site:000}}","unit":"kwh","value":"{{n}}.450","ts":"{{Timestamps.Format(begin.AddSeconds(n))}}"}""");
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
            builder =>
            {
                builder.Logging.ClearProviders();
                foreach (var other in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && Kind(service)?.Namespace == "Daarion.Server.Relay").ToList())
                {
                    builder.Services.Remove(other);
                }
            });
        await city.StartAsync();
        deliverTo = new Uri(open, "/embassy/energy");
        await LetIn(city.Services);
        await LiftQuota(city.Services);
        await OpenBare(city.Services.GetRequiredService<CityDatabase>().ConnectionString);
    }

    // A service registered by a factory does not say its type, but the factory does.
    private static Type? Kind(ServiceDescriptor service) => service.ImplementationType ?? service.ImplementationFactory?.GetType().GenericTypeArguments[^1];

    private async Task LetIn(IServiceProvider services)
    {
        var auth = Caller.ForService(ServiceName.Auth);
        var made = await services.GetRequiredService<IOperatorService>().Make(auth, new MakeOperator("bench@example.org"), default);
        var caller = Caller.ForUser(made.UserId, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_bench", IPAddress.Loopback, "bench"));
        var team = await services.GetRequiredService<ITeamService>().Create(caller, new CreateTeam("Bench"), default);
        var embassy = services.GetRequiredService<IEmbassyService>();
        key = PlatformKey.Of((await embassy.CreatePlatform(caller, new CreatePlatform("bench", RatePerMinute: 60_000_000), default)).Secret);
        for (var site = 0; site < Sites; site++)
        {
            await embassy.CreateIdentity(caller, new CreateIdentity("bench", $"EU-KYIV-{site:000}", TeamId: team.Id), default);
        }
    }

    // What comes here in a minute is more than a platform may send in a day.
    private static async Task LiftQuota(IServiceProvider services)
    {
        await using var lift = services.GetRequiredService<CityDatabase>().Of(ServiceName.Capabilities).CreateCommand(
            "update capabilities.plan_entitlements set quota = 100000000000, hard_limit = 100000000000 where metric = 'embassy_events.energy'");
        await lift.ExecuteNonQueryAsync();
        await services.GetRequiredService<IPolicySnapshots>().Reload(default);
    }

    private async Task OpenBare(string connectionString)
    {
        database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 24, MaxAutoPrepare = 8, AutoPrepareMinUsages = 1 });
        await using (var create = database.CreateCommand("create schema bench; create table bench.readings (id bigint generated always as identity primary key, site_id text not null, value numeric not null, unit text not null, ts timestamptz not null)"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var at = LoopbackPort.FreeAddress();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(at.ToString());
        bare = builder.Build();
        bare.MapPost("/reading", async ([FromBody] BareReading reading) =>
        {
            await using var insert = database.CreateCommand("insert into bench.readings (site_id, value, unit, ts) values ($1, $2, $3, $4)");
            insert.Parameters.Add(new() { Value = reading.SiteId });
            insert.Parameters.Add(new() { Value = decimal.Parse(reading.Value, CultureInfo.InvariantCulture) });
            insert.Parameters.Add(new() { Value = reading.Unit });
            insert.Parameters.Add(new() { Value = reading.Ts.UtcDateTime });
            await insert.ExecuteNonQueryAsync();
            return Results.Ok();
        });
        await bare.StartAsync();
        insertTo = new Uri(at, "/reading");
    }

    private sealed record BareReading([property: JsonPropertyName("site_id")] string SiteId, string Value, string Unit, DateTimeOffset Ts);
}
