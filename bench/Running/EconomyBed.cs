using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles.Consumers;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Daarion.Core.Wallets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Bench.Running;

/// <summary>A city whose payouts are claimed and whose oracles record readings, both as the city itself does it, without the relay.</summary>
internal sealed class EconomyBed : IAsyncDisposable
{
    private const int BatchSize = 500;
    private const int Sites = 50;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly UserId person = UserId.New(TimeProvider.System.GetUtcNow());
    private readonly TeamId team = TeamId.New(TimeProvider.System.GetUtcNow());
    private readonly DateTimeOffset begin = Timestamps.Truncate(TimeProvider.System.GetUtcNow().AddDays(-20));
    private long taken;
    private WebApplication? city;
    private NpgsqlDataSource? source;

    public static async Task<EconomyBed> Start()
    {
        var bed = new EconomyBed();
        await bed.Open();
        return bed;
    }

    /// <summary>Claims so many payouts in one call; answers how many a second.</summary>
    public async Task<double> ClaimTogether(int payouts)
    {
        var (claimant, ids) = (Claimant(), await Earn(payouts));
        var started = Stopwatch.GetTimestamp();
        var results = await city!.Services.GetRequiredService<IPayoutService>().ClaimPayouts(claimant, new ClaimPayouts(ids), default);
        return results.Results.All(result => result.Status == ClaimStatus.Claimed)
            ? payouts / Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException("Not all were claimed.");
    }

    /// <summary>Claims so many payouts one after the other; answers how many a second.</summary>
    public async Task<double> ClaimEach(int payouts)
    {
        var (claimant, ids, service) = (Claimant(), await Earn(payouts), city!.Services.GetRequiredService<IPayoutService>());
        var started = Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            await service.ClaimPayout(claimant, new PayoutRef(id), default);
        }

        return payouts / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Brings so many readings to the oracles' reaction, as the consumer host does; answers how many a second.</summary>
    public async Task<double> Record(int readings)
    {
        var batches = Next(readings).Chunk(BatchSize).ToList();
        var caller = Caller.ForService(ServiceName.Oracles);
        var started = Stopwatch.GetTimestamp();
        foreach (var batch in batches)
        {
            await city!.Services.GetRequiredService<OperationRunner>().Run(
                ServiceName.Oracles,
                nameof(RecordReadingWhenEmbassyEnergyUpdated),
                caller,
                OperationLimits.Consumer,
                async (services, ct) =>
                {
                    await services.GetRequiredService<RecordReadingWhenEmbassyEnergyUpdated>().Consume("oracles-record-reading-when-embassy-energy-updated", batch, ct);
                    return true;
                },
                default);
        }

        return readings / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Copies as many rows of readings into a table of the same form; answers how many a second.</summary>
    public async Task<double> Copy(int readings)
    {
        await using var connection = await source!.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        await using (var writer = await connection.BeginBinaryImportAsync(
            "copy bench.oracles (id, platform, domain, site_id, team_id, value, source_unit, normalized_value, delta, unit, ts, received_at, state, kind) from stdin (format binary)"))
        {
            for (var number = 0; number < readings; number++)
            {
                var place = ++taken;
                await writer.StartRowAsync();
                await writer.WriteAsync(OracleId.New(begin).Value);
                await writer.WriteAsync("bench");
                await writer.WriteAsync("energy");
                await writer.WriteAsync($"EU-{place % Sites}");
                await writer.WriteAsync(team.Value);
                await writer.WriteAsync((decimal)place, NpgsqlDbType.Numeric);
                await writer.WriteAsync("kwh");
                await writer.WriteAsync((decimal)place, NpgsqlDbType.Numeric);
                await writer.WriteAsync(1m, NpgsqlDbType.Numeric);
                await writer.WriteAsync("kwh");
                await writer.WriteAsync(begin.AddMinutes(place).UtcDateTime, NpgsqlDbType.TimestampTz);
                await writer.WriteAsync(begin.UtcDateTime, NpgsqlDbType.TimestampTz);
                await writer.WriteAsync("published");
                await writer.WriteAsync("reading");
            }

            await writer.CompleteAsync();
        }

        return readings / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await source!.DisposeAsync();
        await city!.StopAsync();
        await city.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private Caller Claimant() => Caller.ForUser(person, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_bench", IPAddress.Loopback, "bench"));

    private List<EventEnvelope> Next(int readings)
    {
        var (now, events) = (TimeProvider.System.GetUtcNow(), new List<EventEnvelope>(readings));
        for (var number = 0; number < readings; number++)
        {
            var place = ++taken;
            var update = new EmbassyReadingUpdate(
                "bench", "energy", $"EU-{place % Sites}", Quantity.Of(1000 + (place / Sites * 0.5m)), "kwh", begin.AddSeconds(place / Sites * 30), EmbassyId.New(now), team, null);
            events.Add(new(
                EventId.New(now), now, "embassy", "embassy.energy.update", 1, new EventActor("service:embassy", SubjectKind.Service), JsonSerializer.SerializeToElement(update, EventJson.Options),
                new EventMeta(team, null, null, null, update.SiteId)));
        }

        return events;
    }

    private async Task<List<PayoutId>> Earn(int payouts)
    {
        var ids = Enumerable.Range(0, payouts).Select(_ => PayoutId.New(TimeProvider.System.GetUtcNow())).ToList();
        await using var command = source!.CreateCommand("""
            insert into wallet.payouts (id, team_id, symbol, amount, status, rwa_ref, rule, beneficiary_kind, beneficiary_id, domain, site_id, inventory_id, oracle_id, delta, unit, rate, unpaid, reading_ts, created_at)
            select id, $2, 'KWT', 1, 'generated', 'rwa_' || substr(id, 5), 'energy', 'user', $3, 'energy', 'EU-KYIV-01', 'rwa_00000000000000000000000001', 'orc_' || substr(id, 5), 1, 'kwh', 1, 0, now(), now() from unnest($1) as id
            """);
        command.Parameters.Add(new() { Value = ids.Select(id => id.Value).ToArray() });
        command.Parameters.Add(new() { Value = team.Value });
        command.Parameters.Add(new() { Value = person.Value });
        await command.ExecuteNonQueryAsync();
        return ids;
    }

    private async Task Open()
    {
        city = await RestingCity.Start(folder, new UsageRates { Actions = new Dictionary<string, int>(StringComparer.Ordinal) });
        source = NpgsqlDataSource.Create(city.Services.GetRequiredService<CityDatabase>().ConnectionString);
        await using var command = source.CreateCommand(
            $"""
            insert into teams.users (id, email, display_name, created_at) values ('{person}', 'bench@example.org', 'Bench', now());
            update capabilities.plan_entitlements set quota = 1000000000, hard_limit = 1000000000 where metric = 'payout_claims';
            create schema bench;
            create table bench.oracles (like oracles.oracles including all);
            """);
        await command.ExecuteNonQueryAsync();
        await city.Services.GetRequiredService<IPolicySnapshots>().Reload(default);
    }
}
