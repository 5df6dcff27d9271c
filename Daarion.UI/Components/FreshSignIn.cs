namespace Daarion.UI.Components;

/// <summary>How fresh a sign-in must be for acts of high risk: an unattended screen must not be enough for them (console: dangerous acts).</summary>
public static class FreshSignIn
{
    /// <summary>Minutes for which a sign-in is fresh.</summary>
    public const int Minutes = 30;

    /// <summary>True when whoever signed in then has to do it again.</summary>
    public static bool IsPast(DateTimeOffset? signedInAt, DateTimeOffset now) => signedInAt is not { } at || now - at > TimeSpan.FromMinutes(Minutes);
}
