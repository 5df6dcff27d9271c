using Daarion.Core.Auth;

namespace Daarion.UI.Pages.Settings;

/// <summary>How a key stands.</summary>
internal static class KeyStates
{
    public static string Of(ServiceKeyView key, DateTimeOffset now) => key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "good";

    public static string Kind(ServiceKeyView key, DateTimeOffset now) => Of(key, now) switch { "good" => "ok", "revoked" => "bad", _ => "wait" };
}
