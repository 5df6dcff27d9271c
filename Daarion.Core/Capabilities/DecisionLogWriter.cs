using System.Text.Json;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Capabilities;

/// <summary>Writes the decision log behind: in batches, with the explanation made here and not where the decision was waited for. Turns its days.</summary>
internal sealed partial class DecisionLogWriter(DecisionLog log, CityDatabase database, TimeProvider clock, ILogger<DecisionLogWriter> logger) : BackgroundService
{
    /// <summary>Decisions of one statement.</summary>
    public const int BatchSize = 500;

    /// <summary>Days that decisions are kept.</summary>
    public const int KeptDays = 14;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);
    private readonly List<KeptDecision> batch = new(BatchSize);
    private DateOnly turned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await log.Waiting.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gather, clock, stoppingToken);
                if (!await WriteBatch(stoppingToken))
                {
                    await Task.Delay(Rest, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(LastWords, clock);
            while ((batch.Count > 0 || log.Waiting.Count > 0) && await WriteBatch(limit.Token))
            {
                // Until nothing waits, or the database is gone already.
            }
        }
    }

    // A batch that could not be written stays and is tried again before anything else; the queue holds what comes meanwhile.
    private async Task<bool> WriteBatch(CancellationToken ct)
    {
        while (batch.Count < BatchSize && log.Waiting.TryRead(out var decision))
        {
            batch.Add(decision);
        }

        try
        {
            await TurnDays(ct);
            await using var command = database.Of(ServiceName.Capabilities).CreateCommand(
                """
                insert into capabilities.decisions
                  (id, at, subject_id, subject_kind, action, team_id, resource_kind, resource_id, key_id, allow, reason, registry_version, trace_id, explanation, facts)
                select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                on conflict do nothing
                """);
            Fill(command.Parameters, batch);
            await command.ExecuteNonQueryAsync(ct);
            log.Forget(batch);
            batch.Clear();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException || (e is OperationCanceledException && ct.IsCancellationRequested))
        {
            NotWritten(logger, batch.Count, e.Message);
            return false;
        }
    }

    private async Task TurnDays(CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (today != turned)
        {
            await using var command = database.Of(ServiceName.Capabilities).CreateCommand($"select capabilities.turn_decision_days(2, {KeptDays})");
            await command.ExecuteNonQueryAsync(ct);
            turned = today;
        }
    }

    private static void Fill(NpgsqlParameterCollection parameters, List<KeptDecision> batch)
    {
        Texts(decision => decision.Id.Value);
        Column(decision => decision.Taken.At, NpgsqlDbType.TimestampTz);
        Texts(decision => decision.Taken.Facts.SubjectId);
        Texts(decision => Words.Of(decision.Taken.Facts.Kind));
        Texts(decision => decision.Taken.Facts.Action);
        Texts(decision => decision.Taken.Facts.TeamId.Value);
        Texts(decision => decision.Taken.Facts.Resource?.Kind);
        Texts(decision => decision.Taken.Facts.Resource?.Id);
        Texts(decision => decision.Taken.Facts.KeyId);
        Column(decision => decision.Taken.Verdict.Allow, NpgsqlDbType.Boolean);
        Texts(decision => decision.Taken.Verdict.Reason);
        Column(decision => decision.Taken.Registry.Version, NpgsqlDbType.Bigint);
        Texts(decision => decision.Taken.TraceId);
        Column(decision => JsonSerializer.Serialize(decision.Taken.Explain(), CityJson.Options), NpgsqlDbType.Jsonb);
        Texts(decision => decision.Taken.Facts.Available ? RecordedFacts.Write(decision.Taken.Facts) : null);

        void Texts(Func<KeptDecision, string?> value) => Column(value, NpgsqlDbType.Text);

        void Column<T>(Func<KeptDecision, T> value, NpgsqlDbType type) =>
            parameters.Add(new() { Value = batch.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} decisions could not be written to the log and will be tried again: {Problem}")]
    private static partial void NotWritten(ILogger log, int count, string problem);
}
