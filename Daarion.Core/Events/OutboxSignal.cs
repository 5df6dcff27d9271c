using System.Threading.Channels;

namespace Daarion.Core.Events;

/// <summary>
/// Says that events were committed. The writer's own process hears it at once; the server passes it on to relays elsewhere as a
/// <c>NOTIFY</c> of its own, gathered over a few milliseconds: a NOTIFY inside every writing transaction would make PostgreSQL take
/// one global lock at each commit (decision 0004).
/// </summary>
public sealed class OutboxSignal
{
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> announcements = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The channel of <c>LISTEN</c> and <c>NOTIFY</c>.</summary>
    public const string NotifyChannel = "daarion_outbox";

    /// <summary>For the relay of this process: something was committed, here or elsewhere.</summary>
    public ChannelReader<bool> Wakes => wakes.Reader;

    /// <summary>For the one that tells other processes.</summary>
    public ChannelReader<bool> Announcements => announcements.Reader;

    /// <summary>Something was committed in this process.</summary>
    public void Wake()
    {
        wakes.Writer.TryWrite(true);
        announcements.Writer.TryWrite(true);
    }

    /// <summary>Something was committed in another process.</summary>
    public void WakeFromElsewhere() => wakes.Writer.TryWrite(true);
}
