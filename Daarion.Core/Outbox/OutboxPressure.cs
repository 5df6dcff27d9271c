using System.Collections.Frozen;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Core.Outbox;

/// <summary>
/// How many events wait for their streams, looked at about each second. Above a limit those who can wait are asked to, so that what cannot
/// (money, keys, the audit log, reactions to what was accepted already) still finds room.
/// </summary>
public sealed class OutboxPressure
{
    /// <summary>Waiting events above which requests that can come again are refused.</summary>
    public const long Limit = 100_000;

    private static readonly TimeSpan ComeAgain = TimeSpan.FromSeconds(5);

    // The domains whose events are never refused.
    private static readonly FrozenSet<string> Critical =
        FrozenSet.Create(StringComparer.Ordinal, "payout", "wallet", "staking", "auth", "capability", "bundle", "access_key", "governance", "audit");

    private long waiting;

    /// <summary>Events that waited at the last look, counted up to a little above <see cref="Limit"/>.</summary>
    public long Waiting
    {
        get => Interlocked.Read(ref waiting);
        set => Interlocked.Exchange(ref waiting, value);
    }

    /// <summary>True when requests that can come again are refused.</summary>
    public bool IsHigh => Waiting > Limit;

    /// <summary>Lets an event into the outbox, or asks its producer to come again.</summary>
    /// <exception cref="CityException"><c>unavailable</c> with the time to wait.</exception>
    public void Admit(EventDeclaration e, Caller caller)
    {
        // A service of the city reacts to what was accepted before: refusing it would only move the queue.
        if (IsHigh && !Critical.Contains(e.Domain) && (caller.Kind != SubjectKind.Service || caller.KeyId is not null))
        {
            throw CityException.Unavailable("Too many events wait for their streams; try again in a few seconds.", ComeAgain);
        }
    }
}
