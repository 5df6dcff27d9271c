using System.Threading.Channels;

namespace Daarion.Core.Telemetry;

/// <summary>A finished span on its way into the store.</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="SpanId">16 hex digits.</param>
/// <param name="ParentId">The span around it.</param>
/// <param name="Service">Whose work it is.</param>
/// <param name="Name">What was done.</param>
/// <param name="Kind">In lower case.</param>
/// <param name="StartedAt">To the microsecond.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Failed">Whether it failed.</param>
/// <param name="TagsJson">Its tags as a JSON object.</param>
public sealed record FinishedSpan(
    string TraceId, string SpanId, string? ParentId, string Service, string Name, string Kind, DateTimeOffset StartedAt, TimeSpan Duration, bool Failed, string TagsJson);

/// <summary>
/// Takes finished spans and lets through what the store can keep for three days: up to a sustained rate everything, beyond it whole
/// traces, chosen by a hash of their id so that all their spans share one fate, in every process. Failed spans have a budget of their own.
/// </summary>
public sealed class SpanCollector(TimeProvider clock)
{
    /// <summary>Spans a second that are kept on average.</summary>
    public const int SustainedPerSecond = 40;

    /// <summary>Spans that may be kept at once after quiet times.</summary>
    public const int Burst = 20_000;

    /// <summary>Spans that may wait to be written.</summary>
    public const int Capacity = 20_000;

    private readonly Channel<FinishedSpan> waiting = Channel.CreateBounded<FinishedSpan>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Lock gate = new();
    private long refilledAt = clock.GetTimestamp();
    private double tokens = Burst;
    private double failureTokens = Burst;

    /// <summary>Spans to be written.</summary>
    public ChannelReader<FinishedSpan> Waiting => waiting.Reader;

    /// <summary>True when a span is to be kept. Ask before making a <see cref="FinishedSpan"/>: it costs less than making one.</summary>
    /// <param name="traceHash">0 to 1, from the trace's id.</param>
    /// <param name="failed">Whether the span failed.</param>
    public bool Wants(double traceHash, bool failed)
    {
        lock (gate)
        {
            Refill();
            ref var budget = ref failed ? ref failureTokens : ref tokens;
            if (budget < 1 || (!failed && traceHash >= Share(budget)))
            {
                return false;
            }

            budget--;
            return true;
        }
    }

    /// <summary>Hands over a span.</summary>
    public void Keep(FinishedSpan span) => waiting.Writer.TryWrite(span);

    // Halves as the budget drains: a trace kept at a small share is kept at every larger one.
    private static double Share(double budget) => budget switch
    {
        > Burst / 2 => 1,
        > Burst / 4 => 1 / 4.0,
        > Burst / 8 => 1 / 16.0,
        > Burst / 16 => 1 / 64.0,
        _ => 1 / 1024.0,
    };

    private void Refill()
    {
        var now = clock.GetTimestamp();
        var gained = clock.GetElapsedTime(refilledAt, now).TotalSeconds * SustainedPerSecond;
        refilledAt = now;
        tokens = Math.Min(Burst, tokens + gained);
        failureTokens = Math.Min(Burst, failureTokens + gained);
    }
}
