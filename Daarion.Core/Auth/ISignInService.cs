using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>
/// The ways in (seed 4.16). The callers of these operations are nobody yet: each is allowed by the proof it brings (a code, a link's
/// token, a session's token) and by nothing else. No answer, and no time it takes, tells whether an address is known.
/// </summary>
public interface ISignInService
{
    /// <summary>
    /// Mails a six-digit code and a link, both good once and for 10 minutes, to an address that may sign in; does nothing for another,
    /// and answers the same. <c>rate_limited</c> after 5 for an address or 20 from one IP in 15 minutes.
    /// </summary>
    Task<CodeRequested> RequestCode(Caller caller, RequestCode request, CancellationToken ct);

    /// <summary>Signs in with a code. <c>unauthenticated</c> when it is wrong, used, too old or tried 5 times; <c>rate_limited</c> while codes for the address pause. Events <c>auth.session.created</c>, <c>auth.signin.failed</c>.</summary>
    Task<SignedIn> VerifyCode(Caller caller, VerifyCode request, CancellationToken ct);

    /// <summary>What a sign-in link is, without using it: whether it is good, and whether this browser must be asked to confirm.</summary>
    Task<LinkView> InspectLink(Caller caller, InspectLink request, CancellationToken ct);

    /// <summary>Signs in with a link. Event <c>auth.session.created</c>.</summary>
    Task<SignedIn> RedeemLink(Caller caller, RedeemLink request, CancellationToken ct);

    /// <summary>Accepts an invitation by its link and signs in the person it makes. <c>unauthenticated</c> with <c>sign_in_required</c> where somebody has the address by now.</summary>
    Task<SignedIn> RedeemInvitation(Caller caller, RedeemInvitation request, CancellationToken ct);

    /// <summary>Whether the city still waits for its first operator, and whether this is the token for it.</summary>
    Task<SetupView> InspectSetup(Caller caller, InspectSetup request, CancellationToken ct);

    /// <summary>Makes the first operator, names the city, signs in. <c>unauthenticated</c> for a wrong or used token.</summary>
    [TimeLimit(30)]
    Task<SignedIn> CompleteSetup(Caller caller, CompleteSetup request, CancellationToken ct);

    /// <summary>Who stands behind a session's token; slides its end. <c>unauthenticated</c> for one that has ended.</summary>
    Task<SessionPerson> Resume(Caller caller, ResumeSession request, CancellationToken ct);
}

/// <summary>Who wants a code.</summary>
/// <param name="Email">The address.</param>
/// <param name="Locale">The language of the letter for an address that has none yet.</param>
/// <param name="Browser">A random value kept by the browser that asks: a link opened there needs no confirmation.</param>
/// <param name="ReturnPath">Where the link leads in the end.</param>
public sealed record RequestCode(string Email, string? Locale = null, string? Browser = null, string? ReturnPath = null);

/// <summary>The same for everybody.</summary>
/// <param name="ExpiresInSeconds">How long a code is good.</param>
public sealed record CodeRequested(int ExpiresInSeconds);

/// <summary>An address and its code.</summary>
public sealed record VerifyCode(string Email, string Code);

/// <summary>A link's token.</summary>
/// <param name="Token">From the link.</param>
/// <param name="Browser">What this browser keeps.</param>
public sealed record InspectLink(string Token, string? Browser = null);

/// <summary>A sign-in link before it is used.</summary>
/// <param name="Good">It can be used.</param>
/// <param name="MustConfirm">It was asked for in another browser: confirm first.</param>
public sealed record LinkView(bool Good, bool MustConfirm);

/// <summary>A link's token, used once.</summary>
public sealed record RedeemLink(string Token);

/// <summary>An invitation's token.</summary>
/// <param name="Token">From the link.</param>
/// <param name="DisplayName">What a new person wants to be called.</param>
/// <param name="Locale">The language of a new person.</param>
public sealed record RedeemInvitation(string Token, string? DisplayName = null, string? Locale = null);

/// <summary>A setup token.</summary>
public sealed record InspectSetup(string? Token);

/// <summary>Where the setup stands.</summary>
/// <param name="Open">The city has no operator yet.</param>
/// <param name="TokenIsGood">This is the token for it.</param>
public sealed record SetupView(bool Open, bool TokenIsGood);

/// <summary>The first operator and the city.</summary>
/// <param name="Token">Printed on the terminal.</param>
/// <param name="Email">The operator's address.</param>
/// <param name="DisplayName">The operator's name.</param>
/// <param name="CityName">The city's name.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
public sealed record CompleteSetup(string Token, string Email, string DisplayName, string CityName, string? Locale = null);

/// <summary>A session's token, from the cookie.</summary>
public sealed record ResumeSession(string Token);

/// <summary>A new session. The token is shown once, to be kept in the cookie.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="UserId">The person.</param>
/// <param name="Token">The cookie's value.</param>
/// <param name="ExpiresAt">Its last possible moment: 30 days.</param>
/// <param name="ReturnPath">Where to go now.</param>
public sealed record SignedIn(SessionId SessionId, UserId UserId, string Token, DateTimeOffset ExpiresAt, string? ReturnPath);

/// <summary>The person of a session.</summary>
public sealed record SessionPerson(SessionId SessionId, UserId UserId, DateTimeOffset SignedInAt, DateTimeOffset ExpiresAt);
