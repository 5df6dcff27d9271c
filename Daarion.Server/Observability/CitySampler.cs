using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Daarion.Server.Observability;

/// <summary>A trace's place between 0 and 1, from its id: the same in every process, so that all spans of a trace share one fate.</summary>
internal static class TraceShare
{
    public static double Of(ActivityTraceId trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) / (uint.MaxValue + 1.0);
    }
}

/// <summary>
/// Records every trace while the city is quiet and a share of them when it is busy. What is not recorded still passes its spans by
/// (without those of the database and of HTTP, which would be described for nothing), so that one that fails can be kept. Polls nobody asked for are no traces.
/// </summary>
internal sealed class CitySampler(TimeProvider clock) : Sampler
{
    /// <summary>Whole traces a second that are recorded.</summary>
    public const int TracesPerSecond = 100;

    private readonly Lock gate = new();
    private long secondStarted = clock.GetTimestamp();
    private int seen;
    private double share = 1;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var isRoot = samplingParameters.ParentContext.TraceId == default;
        var isClient = samplingParameters.Kind == ActivityKind.Client;
        if ((isRoot && isClient) || samplingParameters.Name.StartsWith("telemetry.", StringComparison.Ordinal) && isRoot)
        {
            return new SamplingResult(SamplingDecision.Drop);
        }

        if (isRoot || samplingParameters.ParentContext.IsRemote)
        {
            Count();
        }

        return TraceShare.Of(samplingParameters.TraceId) < Volatile.Read(ref share)
            ? new SamplingResult(SamplingDecision.RecordAndSample)
            : new SamplingResult(samplingParameters.Kind is ActivityKind.Client or ActivityKind.Server ? SamplingDecision.Drop : SamplingDecision.RecordOnly);
    }

    // Powers of two: a trace recorded at a small share is recorded at every larger one.
    private void Count()
    {
        lock (gate)
        {
            seen++;
            var elapsed = clock.GetElapsedTime(secondStarted);
            if (elapsed < TimeSpan.FromSeconds(1))
            {
                return;
            }

            var rate = seen / elapsed.TotalSeconds;
            Volatile.Write(ref share, rate <= TracesPerSecond ? 1 : Math.Pow(2, Math.Floor(Math.Log2(TracesPerSecond / rate))));
            secondStarted = clock.GetTimestamp();
            seen = 0;
        }
    }
}
