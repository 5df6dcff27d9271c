namespace Daarion.Core.Kernel;

/// <summary>
/// Where mail goes out. Posting puts a letter into the queue and returns at once, so that how long an answer takes does not tell whether
/// a letter was written; the server words it in the person's language and delivers it.
/// </summary>
public interface IMail
{
    /// <summary>Puts a letter into the queue. Called after the commit that it tells about.</summary>
    void Post(Letter letter);
}

/// <summary>A letter the city writes. What it says is worded by the server.</summary>
/// <param name="To">The address.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
public abstract record Letter(string To, string Locale);

/// <summary>A sign-in code with its link.</summary>
/// <param name="To">The address.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
/// <param name="Code">Six digits.</param>
/// <param name="LinkToken">For <c>/auth/magic?token=</c>.</param>
/// <param name="Lifetime">How long both are good.</param>
public sealed record SignInLetter(string To, string Locale, string Code, string LinkToken, TimeSpan Lifetime) : Letter(To, Locale);

/// <summary>An invitation to a team.</summary>
/// <param name="To">The address.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
/// <param name="TeamName">The team.</param>
/// <param name="InvitedBy">Who invites; null for the city itself.</param>
/// <param name="Token">For <c>/invitation?token=</c>.</param>
/// <param name="ExpiresAt">How long it is good.</param>
public sealed record InvitationLetter(string To, string Locale, string TeamName, string? InvitedBy, string Token, DateTimeOffset ExpiresAt) : Letter(To, Locale);

/// <summary>Notice that a webhook is told nothing any more.</summary>
/// <param name="To">The address of whoever made it.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
/// <param name="Url">Where it could not be told.</param>
/// <param name="Reason"><c>no_answer</c> or <c>gone</c>.</param>
public sealed record WebhookDisabledLetter(string To, string Locale, string Url, string Reason) : Letter(To, Locale);

/// <summary>Notice that one was added to a team.</summary>
/// <param name="To">The address.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
/// <param name="TeamName">The team.</param>
/// <param name="TeamId">Its page.</param>
public sealed record AddedToTeamLetter(string To, string Locale, string TeamName, TeamId TeamId) : Letter(To, Locale);
