using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;

namespace Daarion.Core.Telemetry;

/// <summary>How far each service's reactions are behind, asked of the streams at most every few seconds, however many screens look.</summary>
internal sealed class ReactionLags(IEventStreamService streams, EventCatalogue catalogue, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim one = new(1, 1);
    private (long At, ILookup<string, ReactionLag> Lags)? last;

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    /// <summary>The reactions by service; none while NATS cannot be asked.</summary>
    public async Task<ILookup<string, ReactionLag>> ByService(string? causationId, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            if (last is not { } known || clock.GetElapsedTime(known.At) > KeepFor)
            {
                last = known = (clock.GetTimestamp(), await Ask(Caller.ForService(ServiceName.Telemetry, causationId), ct));
            }

            return known.Lags;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<ILookup<string, ReactionLag>> Ask(Caller caller, CancellationToken ct)
    {
        var found = new List<(string Service, ReactionLag Lag)>();
        try
        {
            foreach (var stream in catalogue.Consumers.Select(consumer => catalogue.StreamOf(consumer.Types[0].Split('.')[0]).Name).Distinct(StringComparer.Ordinal))
            {
                var consumers = await streams.ListConsumers(caller, new ConsumersRequest(stream), ct);
                found.AddRange(consumers.Items.Where(one => one.Service is not null).Select(one => (one.Service!, new ReactionLag(one.Name, one.Stream, one.Pending, one.AckPending))));
            }
        }
        catch (CityException e) when (e.Code is ErrorCode.Unavailable or ErrorCode.NotFound)
        {
            return found.ToLookup(pair => pair.Service, pair => pair.Lag, StringComparer.Ordinal);
        }

        return found.ToLookup(pair => pair.Service, pair => pair.Lag, StringComparer.Ordinal);
    }
}
