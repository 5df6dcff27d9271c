using System.Globalization;

namespace Daarion.Core.Policy.Factors;

/// <summary><c>Quota</c>: what the action takes must be left. A city that counts nothing has nothing to exceed.</summary>
internal sealed class WithinQuota : Factor
{
    private const string CostMetric = "compute_1t";

    public override string Name => "quota";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) =>
        facts.Rate is { Wait: not null } ? Reasons.RateLimited
        : facts.Quota is not { } quota || quota.Used + facts.Units <= quota.Limit ? null
        : quota.Metric == CostMetric ? Reasons.CostExceeded : Reasons.QuotaExceeded;

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => facts.Rate is { Wait: not null } rate
        ? Sentence.Of("rate.exceeded", "{action} was done {rate} times in the last minute; more are not taken.", ("action", facts.Action), ("rate", Number(rate.PerMinute)))
        : facts.Quota is { } quota
        ? Sentence.Of(
            reason is null ? "quota.within" : "quota.exceeded",
            reason is null ? "{used} of {limit} {metric} are used; {units} more fit." : "{used} of {limit} {metric} are used; {units} more do not fit.",
            ("used", Number(quota.Used)),
            ("limit", Number(quota.Limit)),
            ("metric", quota.Metric),
            ("units", Number(facts.Units)))
        : Sentence.Of("quota.not_counted", "Nothing is counted for {action}.", ("action", facts.Action));

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) =>
        facts.Quota is { } quota ? [new FactSource("quota", quota.Metric)] : [];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) => facts.Rate is { Wait: { } wait }
        ? Sentence.Of("rate.wait", "Try again in {seconds} seconds.", ("seconds", Number((decimal)Math.Ceiling(wait.TotalSeconds))))
        : Sentence.Of(
        "quota.raise",
        "Wait for the next window of {metric}, or give {team} a larger plan or stake.",
        ("metric", facts.Quota!.Metric),
        ("team", TeamName(facts)));

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
