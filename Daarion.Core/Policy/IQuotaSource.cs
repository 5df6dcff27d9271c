namespace Daarion.Core.Policy;

/// <summary>How a quota stands, for the decision and its explanation.</summary>
/// <param name="Metric">For example <c>payout_claims</c>.</param>
/// <param name="Used">Units used in the window, reservations included, before the action in question.</param>
/// <param name="Limit">The effective quota.</param>
public sealed record QuotaFact(string Metric, decimal Used, decimal Limit)
{
    /// <summary>The plan that the limit comes from; null where it comes from none.</summary>
    public TeamPlan? Plan { get; init; }

    /// <summary>The RINGK staked by whoever's quota it is.</summary>
    public decimal Staked { get; init; }
}

/// <summary>How a rate stands.</summary>
/// <param name="Name">The action, or <c>key</c>.</param>
/// <param name="PerMinute">How often a minute.</param>
/// <param name="Remaining">How often more at this moment.</param>
/// <param name="Wait">After what time one more fits; null where this one did.</param>
public sealed record RateFact(string Name, int PerMinute, int Remaining, TimeSpan? Wait);

/// <summary>What became of an attempt to take units.</summary>
/// <param name="Quota">How the quota stood before; null where nothing limits it.</param>
/// <param name="Rate">How the rate stands; null where nobody counts it.</param>
/// <param name="GiveBack">Gives the units back; null where none were taken.</param>
public sealed record QuotaTaken(QuotaFact? Quota, RateFact? Rate, Func<Task>? GiveBack);

/// <summary>The seam of the <c>quota</c> factor. A city without a source has no quotas to exceed: the factor passes and says that nothing is counted.</summary>
public interface IQuotaSource
{
    /// <summary>True where an action uses up a quota or is limited by the minute. Asked at every decision, so it answers at once.</summary>
    bool Meters(string action);

    /// <summary>How the quota behind a question stands; null where nothing limits it.</summary>
    ValueTask<QuotaFact?> Look(DecisionFacts question, CancellationToken ct);

    /// <summary>Looks and, where they fit, takes the units in one step. Called when every other factor says yes.</summary>
    /// <param name="question">Who does what to what.</param>
    /// <param name="decision">The decision that takes them.</param>
    /// <param name="countRate">False where the same operation has been counted for this action.</param>
    /// <param name="ct">Cancellation.</param>
    ValueTask<QuotaTaken> Take(DecisionFacts question, DecisionId decision, bool countRate, CancellationToken ct);
}

/// <summary>Requests a minute of access keys.</summary>
public interface IKeyRates
{
    /// <summary>Counts a request that presents a key; null for a key that is no access key.</summary>
    ValueTask<RateFact?> Charge(string keyId, CancellationToken ct);
}

/// <summary>Hears of quotas that are nearly used up by what is called while it watches, so that an entrance can tell its caller.</summary>
public sealed class QuotaWatch : IDisposable
{
    private static readonly AsyncLocal<QuotaWatch?> Watching = new();
    private readonly QuotaWatch? outer = Watching.Value;
    private readonly Lock gate = new();
    private SortedDictionary<string, int>? warnings;

    private QuotaWatch() => Watching.Value = this;

    /// <summary>Begins to watch what this call, and what it calls, uses.</summary>
    public static QuotaWatch Watch() => new();

    /// <summary>The warnings as a header has them, <c>payout_claims 83%</c>; null where there are none.</summary>
    public string? Text
    {
        get
        {
            lock (gate)
            {
                return warnings is null ? null : string.Join(", ", warnings.Select(warning => $"{warning.Key} {warning.Value}%"));
            }
        }
    }

    /// <summary>Says how a quota stands after something was used.</summary>
    public static void Note(string metric, decimal used, decimal limit)
    {
        if (Watching.Value is { } watch && limit > 0 && used >= limit * QuotaStanding.WarningFrom)
        {
            lock (watch.gate)
            {
                (watch.warnings ??= new(StringComparer.Ordinal))[metric] = (int)Math.Min(int.MaxValue, used * 100 / limit);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Watching.Value = outer;
}
