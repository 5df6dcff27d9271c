using System.Threading.Channels;
using Daarion.Core.Kernel;

namespace Daarion.Server.Mail;

/// <summary>Letters on their way out. Posting never waits.</summary>
internal sealed class MailQueue(ILogger<MailQueue> log) : IMail
{
    private const int Capacity = 1000;
    private readonly Channel<Letter> letters = Channel.CreateBounded<Letter>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });

    public ChannelReader<Letter> Letters => letters.Reader;

    public void Post(Letter letter)
    {
        if (!letters.Writer.TryWrite(letter))
        {
            log.LogError("{Capacity} letters wait for the mail server; a {Kind} is lost", Capacity, letter.GetType().Name);
        }
    }
}
