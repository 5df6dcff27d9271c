using System.Diagnostics;
using System.Text;
using Daarion.Bench.Running;
using Daarion.Server.Relay;
using NATS.Client.Core;

namespace Daarion.Bench.Lines;

/// <summary>Committed events drained by the relay, against the same messages published to JetStream with ids and many acknowledgements in flight, and nothing else.</summary>
internal sealed class RelayRaw : IBenchLine
{
    private const int Messages = 20_000;
    private const int Last = 48;

    public IReadOnlyList<string> Names { get; } = ["relay_raw"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await RelayBed.Start();
        await using var pipeline = new PublishPipeline(bed.Nats.Connection);
        await pipeline.Start(default);
        await WarmUp(() => Relayed(bed, Messages));
        await WarmUp(() => Raw(bed, pipeline));
        var (ours, reference) = await Alternate.Measure(progress, "relay_raw", () => Relayed(bed, Messages), () => Raw(bed, pipeline));
        return [new("relay_raw", ours, reference, ours / reference, "events/s", "≥ 0.4")];
    }

    /// <summary>A server runs for months; a few seconds of it are mostly the compiler's, which recompiles what runs often. Both sides get them beforehand.</summary>
    public static async Task WarmUp(Func<Task<double>> run)
    {
        for (var round = 0; round < 4; round++)
        {
            await run();
        }
    }

    /// <summary>Events a second from the commit until the last is acknowledged and marked.</summary>
    public static async Task<double> Relayed(RelayBed bed, int messages)
    {
        await bed.Execute("vacuum outbox.outbox_queue");
        var batch = Enumerable.Range(0, messages).Select(_ => bed.NewMessage()).ToList();
        await bed.Commit(batch);
        var started = Stopwatch.GetTimestamp();
        await bed.Drained(batch.TakeLast(Last).Select(message => message.Id));
        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> Raw(RelayBed bed, PublishPipeline pipeline)
    {
        var batch = Enumerable.Range(0, Messages).Select(_ => bed.NewMessage()).Select(m => (m.Id, m.Key, Body: Encoding.UTF8.GetBytes(m.Envelope))).ToList();
        var started = Stopwatch.GetTimestamp();
        var lanes = batch.Chunk((Messages / PublishPipeline.Window) + 1).Select(async lane =>
        {
            foreach (var (id, key, body) in lane)
            {
                await pipeline.Publish(
                    "audit.event",
                    body,
                    new NatsHeaders(8)
                    {
                        ["Nats-Msg-Id"] = id,
                        ["ce-specversion"] = "1.0",
                        ["ce-id"] = id,
                        ["ce-source"] = "/daarion/telemetry",
                        ["ce-type"] = "audit.event",
                        ["ce-time"] = "2026-11-14T12:00:00.000Z",
                        ["ce-subject"] = key,
                        ["traceparent"] = "00-8fed0299771dfd9a2cfbdb853f3b4c9c-705c7860baf54a87-01",
                    },
                    default);
            }
        });
        await Task.WhenAll(lanes);
        return Messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
