using System.Threading.Channels;

namespace Daarion.Server.Relay;

/// <summary>Remembers one wake-up until it is waited for.</summary>
internal sealed class WakeSignal
{
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => wakes.Writer.TryWrite(true);

    /// <summary>Waits for the wake-up, at most so long.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken ct)
    {
        if (wakes.Reader.TryRead(out _))
        {
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(limit);
        try
        {
            await wakes.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The limit passed.
        }
    }
}
