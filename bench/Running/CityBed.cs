using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Bench.Running;

/// <summary>A whole city in a folder of its own, with a platform whose sites belong to teams: readings come in over HTTP as from outside.</summary>
internal sealed class CityBed : IAsyncDisposable
{
    /// <summary>Sites of the platform.</summary>
    public const int Sites = 200;

    private const string PlatformName = "energyunion";
    private const int TeamCount = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly Counter[] counters = [.. Enumerable.Range(0, Sites).Select(_ => new Counter())];
    private readonly DateTimeOffset begin = TimeProvider.System.GetUtcNow().AddDays(-20);
    private WebApplication? app;
    private byte[] secret = [];
    private HttpClient? http;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public static async Task<CityBed> Start()
    {
        var bed = new CityBed();
        await bed.Open();
        return bed;
    }

    /// <summary>The next reading of a site: its counter rises a little, its clock by a minute. One caller a site at a time.</summary>
    public string NextReading(int site)
    {
        var counter = counters[site];
        counter.Readings++;
        var ts = begin.AddMinutes(counter.Readings).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"source":"{{PlatformName}}","domain":"energy","site_id":"{{Name(site)}}","unit":"kwh","value":"{{1000 + (counter.Readings * 0.01m)}}","ts":"{{ts}}"}""");
    }

    /// <summary>Sends a delivery as the platform signs it; throws where it is not accepted.</summary>
    public async Task Deliver(string body)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/embassy/energy") { Content = new ByteArrayContent(bytes) { Headers = { { "Content-Type", "application/json" } } } };
        request.Headers.TryAddWithoutValidation("X-Platform-Id", PlatformName);
        request.Headers.TryAddWithoutValidation("X-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{timestamp}.{body}")))}");
        using var answer = await http!.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"A delivery was not accepted: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Payouts so far.</summary>
    public async Task<long> Payouts()
    {
        await using var command = Database.CreateCommand("select count(*) from wallet.payouts");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Waits until there are so many payouts.</summary>
    public async Task PayoutsReach(long count)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var started = Stopwatch.GetTimestamp();
        while (await Payouts() < count)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException($"{await Payouts()} payouts of {count} came about.");
            }

            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until nothing is on its way: every reading has its payout and every event is on its stream.</summary>
    public async Task Quiet()
    {
        await PayoutsReach(counters.Sum(counter => Math.Max(0, counter.Readings - 1)));
        await using var waiting = Database.CreateCommand("select exists (select from outbox.outbox_queue)");
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await waiting.ExecuteScalarAsync() is true)
        {
            await pace.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        await Database.DisposeAsync();
        await app!.StopAsync();
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static string Name(int site) => string.Create(CultureInfo.InvariantCulture, $"EU-KYIV-{site:000}");

    private async Task Open()
    {
        var (publicUrl, internalUrl) = (LoopbackPort.FreeAddress(), LoopbackPort.FreeAddress());
        var settings = new CitySettings
        {
            DataFolder = folder.FullName,
            PublicUrl = publicUrl,
            Listen = publicUrl,
            InternalListen = internalUrl,
            UnauthenticatedPerMinute = int.MaxValue,
            RequestsPerSecond = 1_000_000,
        };
        app = CityHost.Build(settings, builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        Database = NpgsqlDataSource.Create(app.Services.GetRequiredService<CityDatabase>().ConnectionString);
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 }) { BaseAddress = publicUrl };
        await Settle();
    }

    // An operator, a platform, teams with their sites, and the reading that each counter begins with.
    private async Task Settle()
    {
        var services = app!.Services;
        var made = await services.GetRequiredService<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator("bench@example.org"), default);
        var caller = Caller.ForUser(made.UserId, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_bench", IPAddress.Loopback, "bench"));
        var embassy = services.GetRequiredService<IEmbassyService>();
        var platform = await embassy.CreatePlatform(caller, new CreatePlatform(PlatformName, "EnergyUnion", ["energy"], MaxRate), default);
        secret = Encoding.UTF8.GetBytes(platform.Secret);
        for (var team = 0; team < TeamCount; team++)
        {
            var home = await services.GetRequiredService<ITeamService>().Create(caller, new CreateTeam($"Bench {team}"), default);
            for (var site = team; site < Sites; site += TeamCount)
            {
                await embassy.CreateIdentity(caller, new CreateIdentity(PlatformName, Name(site), IdentityKind.Site, home.Id), default);
            }
        }

        await Deliver($$"""{"readings":[{{string.Join(',', Enumerable.Range(0, Sites).Select(NextReading))}}]}""");
    }

    private const int MaxRate = 1_000_000;

    private sealed class Counter
    {
        public int Readings { get; set; }
    }
}
