using System.Globalization;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>Decides recorded decisions again, by the registry as it is and by another one, and counts where the two differ.</summary>
internal sealed class DecisionReplay(PolicySnapshot current, PolicySnapshot proposed)
{
    private const int MostExamples = 20;
    private const int MostGroups = 50;
    private const int MostTexts = 20_000;
    private readonly Dictionary<string, DecisionFacts> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tally> actions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tally> teams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Before, string After), Tally> reasons = [];
    private readonly List<SimulatedDecision> examples = [];
    private readonly RunningQuotas asItIs = new();
    private readonly RunningQuotas asItWouldBe = new();
    private long replayed;
    private long skipped;
    private Tally all;

    /// <summary>Replays what was recorded since a time, in the order in which it was decided.</summary>
    public async Task<Simulation> Run(CityDatabase database, int days, DateTimeOffset now, CancellationToken ct)
    {
        // Identifiers begin with the time, so that they are the order and the boundary as well.
        var since = DecisionKind.Prefix + Ulid.NewUlid(now.AddDays(-days), new byte[10]).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant();
        await using var command = database.Of(ServiceName.Capabilities).CreateCommand(
            "select id, at, action, allow, facts from capabilities.decisions where id >= $1 order by id");
        command.Parameters.Add(new() { Value = since });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            if (reader.IsDBNull(4))
            {
                skipped++;
                continue;
            }

            var facts = Facts(reader.GetString(4)) with { Action = reader.GetString(2), At = reader.GetFieldValue<DateTimeOffset>(1) };
            Replay(facts, reader.GetBoolean(3), reader.GetString(0));
        }

        return new(days, replayed, skipped, DecisionLog.SampleOf, all.Count, all.Allowed, all.Refused, Counts(actions), Counts(teams), Counts(reasons), examples);
    }

    /// <summary>Replays one decision.</summary>
    public void Replay(DecisionFacts facts, bool recordedAllow, string id)
    {
        replayed++;
        var before = asItIs.Decide(current, facts, recordedAllow);
        var after = asItWouldBe.Decide(proposed, facts, recordedAllow);
        if (before.Allow == after.Allow)
        {
            return;
        }

        all = all.With(after.Allow);
        actions[facts.Action] = actions.GetValueOrDefault(facts.Action).With(after.Allow);
        teams[facts.TeamId.Value] = teams.GetValueOrDefault(facts.TeamId.Value).With(after.Allow);
        reasons[(before.Reason, after.Reason)] = reasons.GetValueOrDefault((before.Reason, after.Reason)).With(after.Allow);
        if (examples.Count < MostExamples)
        {
            examples.Add(new(DecisionId.Parse(id), facts.At, facts.SubjectId, facts.Action, facts.TeamId, before.Reason, after.Reason));
        }
    }

    private DecisionFacts Facts(string text)
    {
        if (texts.TryGetValue(text, out var known))
        {
            return known;
        }

        if (texts.Count >= MostTexts)
        {
            texts.Clear();
        }

        return texts[text] = RecordedFacts.Read(text);
    }

    private static List<SimulatedCount> Counts(Dictionary<string, Tally> tallies) =>
        [.. tallies.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostGroups).Select(pair => new SimulatedCount(pair.Key, pair.Value.Allowed, pair.Value.Refused))];

    private static List<SimulatedCount> Counts(Dictionary<(string Before, string After), Tally> tallies) =>
        Counts(tallies.ToDictionary(pair => $"{pair.Key.Before} → {pair.Key.After}", pair => pair.Value, StringComparer.Ordinal));

    private readonly record struct Tally(long Allowed, long Refused)
    {
        public long Count => Allowed + Refused;

        public Tally With(bool allowed) => allowed ? this with { Allowed = Allowed + 1 } : this with { Refused = Refused + 1 };
    }

    /// <summary>
    /// Quotas as they would stand: what is allowed where it was refused uses up what comes after it, and what is refused where it was allowed leaves more.
    /// </summary>
    private sealed class RunningQuotas
    {
        private readonly Dictionary<(string Payer, string Metric, long Window), decimal> differences = [];

        public Verdict Decide(PolicySnapshot registry, DecisionFacts facts, bool recordedAllow)
        {
            if (facts.Quota is not { Plan: { } plan } quota || registry.EffectiveQuota(plan, quota.Metric, quota.Staked, facts.At) is not { } limit)
            {
                return PolicyEngine.Decide(registry, facts);
            }

            var window = (PayerOf(facts), quota.Metric, WindowOf(registry.Entitlements[(plan, quota.Metric)].Window, facts.At));
            var difference = differences.GetValueOrDefault(window);
            var verdict = PolicyEngine.Decide(registry, facts with { Quota = quota with { Limit = limit, Used = quota.Used + difference } });
            if (verdict.Allow != recordedAllow)
            {
                differences[window] = difference + (verdict.Allow ? facts.Units : -facts.Units);
            }

            return verdict;
        }

        private static string PayerOf(DecisionFacts facts) => facts.Team is null && facts.Person is { } person ? person.Value : facts.TeamId.Value;

        private static long WindowOf(string window, DateTimeOffset at) => window switch
        {
            "hour" => at.UtcTicks / TimeSpan.TicksPerHour,
            "day" => at.UtcTicks / TimeSpan.TicksPerDay,
            "month" => (at.UtcDateTime.Year * 12) + at.UtcDateTime.Month,
            _ => 0,
        };
    }
}
