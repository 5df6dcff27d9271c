namespace Daarion.UI;

/// <summary>
/// The addresses of signing in. Pages are the console's; what sets or clears the cookie is a plain form posted to the server (a circuit
/// cannot set a cookie), which answers with a redirect (303) back to a page. Forms are posted from the city's own pages only.
/// </summary>
public static class SignInAddresses
{
    /// <summary>Page: asks for the address, then for the code. Query: <c>return_url</c>, <c>email</c> and <c>sent=1</c> after a code was asked for, <c>error</c> (one of <see cref="SignInErrors"/>).</summary>
    public const string SignInPage = "/sign-in";

    /// <summary>Page: asks to confirm a link that was opened in another browser. Query: <c>token</c>.</summary>
    public const string ConfirmPage = "/sign-in/confirm";

    /// <summary>Page: the first start. Query: <c>token</c>, <c>error</c>.</summary>
    public const string SetupPage = "/setup";

    /// <summary>Page: an invitation, accepted or not. Query: <c>token</c>, <c>error</c>.</summary>
    public const string InvitationPage = "/invitation";

    /// <summary>Page: what an outside app asks for. Query: everything the app sent to <c>/connect/authorize</c>; each goes back as a hidden field of the form.</summary>
    public const string ConsentPage = "/consent";

    /// <summary>Form: <c>email</c>, <c>return_url</c>. Back to <see cref="SignInPage"/> with <c>sent=1</c>.</summary>
    public const string SendCodeForm = "/auth/sign-in/code";

    /// <summary>Form: <c>email</c>, <c>code</c>, <c>return_url</c>. To <c>return_url</c>, or back with <c>error</c>.</summary>
    public const string VerifyCodeForm = "/auth/sign-in/verify";

    /// <summary>Form: <c>token</c>. Uses a link after confirming.</summary>
    public const string ConfirmLinkForm = "/auth/magic";

    /// <summary>Form: <c>token</c>, <c>email</c>, <c>display_name</c>, <c>city_name</c>, <c>locale</c>. To the overview, or back with <c>error</c>.</summary>
    public const string SetupForm = "/auth/setup";

    /// <summary>
    /// Form: <c>token</c>, <c>display_name</c>, <c>locale</c>. To the team, or back with <c>error</c>; where somebody has the address already, to
    /// <see cref="SignInPage"/>, which leads back here.
    /// </summary>
    public const string InvitationForm = "/auth/invitation";

    /// <summary>Form: everything of the query of <see cref="ConsentPage"/>, and <c>decision</c> (<c>allow</c> or <c>deny</c>).</summary>
    public const string ConsentForm = "/connect/authorize";

    /// <summary>Form without fields. To <see cref="SignInPage"/>.</summary>
    public const string SignOutForm = "/auth/sign-out";
}

/// <summary>What a sign-in page may have to say.</summary>
public static class SignInErrors
{
    /// <summary>The code is wrong, used or too old; ask for a new one.</summary>
    public const string Code = "code";

    /// <summary>The link or token is wrong, used or too old.</summary>
    public const string Link = "link";

    /// <summary>Too many attempts; wait for 15 minutes.</summary>
    public const string TooMany = "too_many";

    /// <summary>A field is missing or not of its form.</summary>
    public const string Invalid = "invalid";

    /// <summary>Something is down; try again.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The session has ended.</summary>
    public const string Ended = "ended";
}
