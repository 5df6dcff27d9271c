using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Daarion.Bench.Running;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;

namespace Daarion.Bench.Lines;

/// <summary>From the beginning of a commit until a consumer has the event, at 50 events a second, against one commit and one raw trip through JetStream.</summary>
internal sealed class Latency : IBenchLine
{
    private const int Events = 200;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names { get; } = ["latency_p50", "latency_p99"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await RelayBed.Start();
        await bed.Execute("create table bench_commits (id text primary key, payload jsonb not null)");
        using var stop = new CancellationTokenSource();
        var consumer = await bed.Nats.JetStream.CreateOrUpdateConsumerAsync("STREAM_AUDIT", new ConsumerConfig("bench") { DurableName = "bench", AckPolicy = ConsumerConfigAckPolicy.Explicit, DeliverPolicy = ConsumerConfigDeliverPolicy.New });
        var receiving = Receive(consumer, stop.Token);
        await using var connection = await bed.Database.OpenConnectionAsync();
        var tails = new List<(double Ours, double Reference)>();
        var (ours, reference) = await Alternate.Measure(
            progress,
            "latency_p50",
            async () => Keep(await Measure(bed, message => bed.Commit([message], connection)), tails, ours: true),
            async () => Keep(await Measure(bed, message => CommitAndPublish(bed, connection, message)), tails, ours: false));
        await stop.CancelAsync();
        await receiving;
        var (ourTail, theirTail) = (Alternate.Median(tails.Skip(1).Select(t => t.Ours)), Alternate.Median(tails.Skip(1).Select(t => t.Reference)));
        return [new("latency_p50", ours, reference, ours / reference, "ms", "≤ 4"), new("latency_p99", ourTail, theirTail, ourTail / theirTail, "ms", "≤ 4")];
    }

    private static double Keep(List<double> milliseconds, List<(double Ours, double Reference)> tails, bool ours)
    {
        milliseconds.Sort();
        var tail = milliseconds[(int)(milliseconds.Count * 0.99) - 1];
        if (ours)
        {
            tails.Add((tail, 0));
        }
        else
        {
            tails[^1] = (tails[^1].Ours, tail);
        }

        return milliseconds[milliseconds.Count / 2];
    }

    private async Task<List<double>> Measure(RelayBed bed, Func<(string Id, string Key, string Envelope), Task> send)
    {
        var measured = new List<double>(Events);
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; i < Events; i++)
        {
            await pace.WaitForNextTickAsync();
            var message = bed.NewMessage();
            var arrived = waiting[message.Id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = Stopwatch.GetTimestamp();
            await send(message);
            await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));
            measured.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return measured;
    }

    private static async Task CommitAndPublish(RelayBed bed, NpgsqlConnection connection, (string Id, string Key, string Envelope) message)
    {
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var insert = new NpgsqlCommand("insert into bench_commits (id, payload) values ($1, $2)", connection, transaction)
            {
                Parameters = { new() { Value = message.Id }, new() { Value = message.Envelope, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb } },
            };
            await insert.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        await bed.Nats.JetStream.PublishAsync("audit.event", Encoding.UTF8.GetBytes(message.Envelope), NatsRawSerializer<byte[]>.Default, opts: new NatsJSPubOpts { MsgId = message.Id });
    }

    private async Task Receive(INatsJSConsumer consumer, CancellationToken ct)
    {
        try
        {
            await foreach (var message in consumer.ConsumeAsync<byte[]>(cancellationToken: ct))
            {
                if (message.Headers?["Nats-Msg-Id"].ToString() is { } id && waiting.TryRemove(id, out var arrived))
                {
                    arrived.TrySetResult();
                }

                await message.AckAsync(cancellationToken: ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            waiting.Clear();
        }
    }
}
