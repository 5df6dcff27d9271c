using System.Diagnostics;
using System.Globalization;
using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Daarion.Bench.Running;

/// <summary>
/// A city whose teams reserve and settle through the service's own contract, and beside it, in the same database, a table of counters that pgbench
/// raises with one hand-written UPDATE for each transaction. The relay rests.
/// </summary>
internal sealed class QuotaBed : IAsyncDisposable
{
    /// <summary>Teams with a counter each.</summary>
    public const int TeamCount = 1_000;

    private const int Callers = 64;
    private const int PgbenchSeconds = 3;
    private const string Pgbench = "/usr/lib/postgresql/15/bin/pgbench";
    private static readonly Caller Service = Caller.ForService(ServiceName.Usage);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly List<TeamId> teams = [];
    private WebApplication? city;

    private IUsageService Usage => city!.Services.GetRequiredService<IUsageService>();

    public static async Task<QuotaBed> Start()
    {
        var bed = new QuotaBed();
        await bed.Open();
        return bed;
    }

    /// <summary>Reserves and settles so often, by all callers together; answers the pairs a second.</summary>
    public async Task<double> Pairs(int pairs, bool hot)
    {
        var started = Stopwatch.GetTimestamp();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var pair = Interlocked.Increment(ref next); pair <= pairs; pair = Interlocked.Increment(ref next))
            {
                var team = hot ? Id<TeamKind>.WellKnown() : teams[pair % TeamCount];
                var reserved = await Usage.Reserve(Service, new ReserveUnits(team, Metrics.Messages, Quantity.Of(1)), default);
                await Usage.Settle(Service, new SettleUnits(reserved.Reservation, Quantity.Of(1)), default);
            }
        })));
        return pairs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>What pgbench does with 16 clients; answers its transactions a second.</summary>
    public async Task<double> Updates(bool hot)
    {
        var script = Path.Combine(folder.FullName, "update.sql");
        await File.WriteAllTextAsync(script, $"\\set id {(hot ? "1" : string.Create(CultureInfo.InvariantCulture, $"random(1, {TeamCount})"))}\nupdate bench.counters set used = used + 1 where id = :id and used + 1 <= quota;\n");
        var database = new NpgsqlConnectionStringBuilder(city!.Services.GetRequiredService<CityDatabase>().ConnectionString);
        var start = new ProcessStartInfo(
            Pgbench, ["-n", "-c", "16", "-j", "2", "-M", "prepared", "-T", PgbenchSeconds.ToString(CultureInfo.InvariantCulture), "-f", script, "-h", database.Host!, "-p", database.Port.ToString(CultureInfo.InvariantCulture), "-U", database.Username!, database.Database!])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = database.Password;
        using var pgbench = Process.Start(start)!;
        var errors = pgbench.StandardError.ReadToEndAsync();
        var output = await pgbench.StandardOutput.ReadToEndAsync();
        await pgbench.WaitForExitAsync();
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("tps = ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"pgbench: {output}{await errors}");
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await city!.StopAsync();
        await city.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task Open()
    {
        city = await RestingCity.Start(folder);
        var made = await city.Services.GetRequiredService<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator("bench@example.org"), default);
        var owner = Caller.ForUser(made.UserId, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_bench", IPAddress.Loopback, "bench"));
        for (var team = 0; team < TeamCount; team++)
        {
            teams.Add((await city.Services.GetRequiredService<ITeamService>().Create(owner, new CreateTeam(string.Create(CultureInfo.InvariantCulture, $"Bench {team}")), default)).Id);
        }

        await using var source = NpgsqlDataSource.Create(city.Services.GetRequiredService<CityDatabase>().ConnectionString);
        await using var fill = source.CreateCommand(
            """
            create schema bench;
            create table bench.counters (id int primary key, used bigint not null default 0, quota bigint not null default 1000000000) with (fillfactor = 50);
            insert into bench.counters (id) select generate_series(1, 1000);
            """);
        await fill.ExecuteNonQueryAsync();
    }
}
