using System.Collections.Frozen;
using System.Diagnostics;
using System.Text.Json;
using Daarion.Bench.Running.Decisions;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NpgsqlTypes;

namespace Daarion.Bench.Running;

/// <summary>A city whose log holds many decisions about a town of a thousand teams, each with its explanation and its facts, as the city itself writes them.</summary>
internal sealed class SimulateBed : IAsyncDisposable
{
    /// <summary>Decisions in the log.</summary>
    public const int Rows = 120_000;

    // Of so many decisions one stood before a quota, so that its facts are nobody else's.
    private const int OneMetered = 20;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly DateTimeOffset begin = Timestamps.Truncate(TimeProvider.System.GetUtcNow());
    private readonly DecisionCity town = new(1_000, 10);
    private WebApplication? city;
    private CityDatabase? database;
    private PolicySnapshot? proposed;

    public static async Task<SimulateBed> Start()
    {
        var bed = new SimulateBed();
        await bed.Open();
        return bed;
    }

    /// <summary>Decisions replayed a second.</summary>
    public async Task<double> Replay()
    {
        var started = Stopwatch.GetTimestamp();
        var simulation = await new DecisionReplay(town.Registry, proposed!).Run(database!, 1, begin, default);
        return simulation is { Replayed: >= Rows, Changed: > 0 } ? simulation.Replayed / Stopwatch.GetElapsedTime(started).TotalSeconds : throw new InvalidOperationException($"{simulation} was replayed.");
    }

    /// <summary>The same rows read a second, and nothing done with them.</summary>
    public async Task<double> Read()
    {
        var started = Stopwatch.GetTimestamp();
        await using var command = database!.Of(ServiceName.Capabilities).CreateCommand("select id, at, action, allow, facts from capabilities.decisions order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
        {
            if (!reader.IsDBNull(4))
            {
                _ = (reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetBoolean(3), reader.GetString(4));
                rows++;
            }
        }

        return rows / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await city!.StopAsync();
        await city.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task Open()
    {
        var (open, inside) = (LoopbackPort.FreeAddress(), LoopbackPort.FreeAddress());
        city = CityHost.Build(new CitySettings { DataFolder = folder.FullName, PublicUrl = open, Listen = open, InternalListen = inside }, builder => builder.Logging.ClearProviders());
        await city.StartAsync();
        database = city.Services.GetRequiredService<CityDatabase>();
        // What residents vote on: Guardians may no longer change what the first domain has.
        proposed = new(2, begin, town.Registry.Capabilities, town.Registry.Bundles.Select(bundle => bundle.Name == BundleNames.Role(TeamRole.Guardian)
            ? bundle with { Grants = bundle.Grants.Where(grant => !grant.Key.StartsWith("d00.", StringComparison.Ordinal)).ToFrozenDictionary(StringComparer.Ordinal) }
            : bundle))
        {
            Freezes = town.Registry.Freezes,
        };
        await Write();
    }

    private async Task Write()
    {
        await using var warm = await WarmDecisions.Of(town);
        var decisions = new List<TakenDecision>();
        foreach (var question in town.Questions)
        {
            decisions.Add(await warm.Take(question));
        }

        var texts = decisions.Select(decision => (Explanation: JsonSerializer.Serialize(decision.Explain(), CityJson.Options), Facts: RecordedFacts.Write(decision.Facts))).ToList();
        await using var connection = await database!.Of(ServiceName.Capabilities).OpenConnectionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync("copy capabilities.decisions (id, at, subject_id, subject_kind, action, team_id, allow, reason, registry_version, explanation, facts) from stdin binary"))
        {
            for (var row = 0; row < Rows; row++)
            {
                var (decision, text, at) = (decisions[row % decisions.Count], texts[row % decisions.Count], begin.AddMilliseconds(row));
                var facts = row % OneMetered == 0 ? RecordedFacts.Write(decision.Facts with { Quota = new QuotaFact("messages", row, Rows) { Plan = TeamPlan.Casual } }) : text.Facts;
                await copy.StartRowAsync();
                await copy.WriteAsync(DecisionNumber.New(at).Id.Value, NpgsqlDbType.Text);
                await copy.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(decision.Facts.SubjectId, NpgsqlDbType.Text);
                await copy.WriteAsync(Words.Of(decision.Facts.Kind), NpgsqlDbType.Text);
                await copy.WriteAsync(decision.Facts.Action, NpgsqlDbType.Text);
                await copy.WriteAsync(decision.Facts.TeamId.Value, NpgsqlDbType.Text);
                await copy.WriteAsync(decision.Verdict.Allow, NpgsqlDbType.Boolean);
                await copy.WriteAsync(decision.Verdict.Reason, NpgsqlDbType.Text);
                await copy.WriteAsync(1L, NpgsqlDbType.Bigint);
                await copy.WriteAsync(text.Explanation, NpgsqlDbType.Jsonb);
                await copy.WriteAsync(facts, NpgsqlDbType.Text);
            }

            await copy.CompleteAsync();
        }

        await using var analyze = database.Of(ServiceName.Capabilities).CreateCommand("vacuum analyze capabilities.decisions");
        analyze.CommandTimeout = 120;
        await analyze.ExecuteNonQueryAsync();
    }
}
