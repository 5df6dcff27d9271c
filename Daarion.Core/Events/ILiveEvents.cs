namespace Daarion.Core.Events;

/// <summary>What a live subscriber wants to hear of.</summary>
/// <param name="Types">Event types, or their beginnings ending in a point (<c>payout.</c>); empty for all.</param>
public sealed record LiveFilter(params IReadOnlyList<string> Types)
{
    /// <summary>True when the event is wanted.</summary>
    public bool Matches(EventEnvelope e) => MatchesType(e.Type);

    /// <summary>True when events of the type are wanted.</summary>
    public bool MatchesType(string type) => Types.Count == 0
        || Types.Any(wanted => wanted.EndsWith('.') ? type.StartsWith(wanted, StringComparison.Ordinal) : string.Equals(type, wanted, StringComparison.Ordinal));
}

/// <summary>Events as they reach the streams, for screens. At most once: a screen that must not miss anything reads its list again after a gap.</summary>
public interface ILiveEvents
{
    /// <summary>Events that slow readers may have waiting; the oldest beyond are dropped.</summary>
    const int Capacity = 1000;

    /// <summary>Events from now on until cancelled.</summary>
    IAsyncEnumerable<EventEnvelope> Subscribe(LiveFilter filter, CancellationToken ct);
}
