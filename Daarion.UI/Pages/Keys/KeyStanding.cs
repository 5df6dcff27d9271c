using Daarion.Core.Capabilities.AccessKeys;

namespace Daarion.UI.Pages.Keys;

/// <summary>How an access key stands at a moment, in the words and colours of the screen.</summary>
internal static class KeyStanding
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <summary><c>good</c>, <c>ending</c>, <c>expired</c>, <c>suspended</c> or <c>revoked</c>.</summary>
    public static string Of(AccessKeyView key, DateTimeOffset now) =>
        key.Status == AccessKeyStatus.Revoked ? "revoked" : key.ExpiresAt <= now ? "expired" : key.Status == AccessKeyStatus.Suspended ? "suspended" : key.ExpiresAt - now < Soon ? "ending" : "good";

    /// <summary>The kind of its label.</summary>
    public static string Kind(AccessKeyView key, DateTimeOffset now) => Of(key, now) switch { "good" => "ok", "revoked" or "suspended" => "bad", _ => "wait" };

    /// <summary>It can be used.</summary>
    public static bool IsGood(AccessKeyView key, DateTimeOffset now) => key.Status == AccessKeyStatus.Active && key.ExpiresAt > now;

    /// <summary>It is suspended, and can be made good again.</summary>
    public static bool IsSuspended(AccessKeyView key, DateTimeOffset now) => key.Status == AccessKeyStatus.Suspended && key.ExpiresAt > now;

    /// <summary>It can be rotated and revoked.</summary>
    public static bool HasNotEnded(AccessKeyView key, DateTimeOffset now) => IsGood(key, now) || IsSuspended(key, now);
}
