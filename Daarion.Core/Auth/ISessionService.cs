using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>Sessions: 72 hours from the last use, 30 days at most. One that has ended stops its API calls at once and its consoles within 30 seconds.</summary>
public interface ISessionService
{
    /// <summary>Sessions of the calling person, or of another for who may. Capability <c>auth.session.read</c>, own or in the city.</summary>
    Task<Page<SessionView>> List(Caller caller, ListSessions request, CancellationToken ct);

    /// <summary>One session. Capability <c>auth.session.read</c>.</summary>
    Task<SessionView> Get(Caller caller, GetSession request, CancellationToken ct);

    /// <summary>Ends a session. Capability <c>auth.session.end</c>, own or in the city. Event <c>auth.session.ended</c>.</summary>
    Task<SessionView> End(Caller caller, EndSession request, CancellationToken ct);

    /// <summary>Signs a person out everywhere. Capability <c>auth.session.end</c>, own or in the city. Events <c>auth.session.ended</c>.</summary>
    Task<SessionsEnded> EndAll(Caller caller, EndAllSessions request, CancellationToken ct);

    /// <summary>Keeps the sessions of open consoles alive and answers those that have ended. Capability <c>auth.session.watch</c>, held by the sign-in service.</summary>
    Task<SessionsAlive> Watch(Caller caller, WatchSessions request, CancellationToken ct);

    /// <summary>Failed sign-ins by address, newest first. Capability <c>auth.session.read</c> in the city.</summary>
    Task<Page<SignInFailureView>> Failures(Caller caller, ListSignInFailures request, CancellationToken ct);
}

/// <summary>Whose sessions.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="UserId">Whose; the caller's own when null and <paramref name="Everyone"/> is false.</param>
/// <param name="Everyone">The whole city's.</param>
/// <param name="IncludeEnded">Also those that have ended.</param>
public sealed record ListSessions(PageRequest Page, UserId? UserId = null, bool Everyone = false, bool IncludeEnded = false);

/// <summary>Which session.</summary>
public sealed record GetSession(SessionId Id);

/// <summary>Which session.</summary>
public sealed record EndSession(SessionId Id);

/// <summary>Whose sessions.</summary>
/// <param name="UserId">Whose; the caller's own when null.</param>
/// <param name="KeepCurrent">Leaves the caller's own session open.</param>
public sealed record EndAllSessions(UserId? UserId = null, bool KeepCurrent = false);

/// <summary>How many were ended.</summary>
public sealed record SessionsEnded(int Count);

/// <summary>Sessions in use.</summary>
public sealed record WatchSessions(IReadOnlyList<SessionId> Ids);

/// <summary>Those of them that have not ended.</summary>
public sealed record SessionsAlive(IReadOnlyList<SessionId> Alive);

/// <summary>How many, from where.</summary>
public sealed record ListSignInFailures(PageRequest Page);

/// <summary>A session.</summary>
/// <param name="Id">The session.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Method">How the person came in: <c>code</c>, <c>link</c>, <c>setup</c>, <c>invitation</c>.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="LastSeenAt">Last use.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="EndedAt">When it was ended.</param>
/// <param name="EndReason"><c>signed_out</c>, <c>ended_by_operator</c>, <c>signed_out_everywhere</c>.</param>
/// <param name="Ip">Where from.</param>
/// <param name="UserAgent">What the browser says it is.</param>
/// <param name="Current">It is the caller's own.</param>
public sealed record SessionView(
    SessionId Id, UserId UserId, string Method, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, string? EndReason,
    string? Ip, string? UserAgent, bool Current);

/// <summary>A failed sign-in.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Email">The address that was tried.</param>
/// <param name="Reason"><c>wrong_code</c>, <c>expired</c>, <c>used</c>, <c>too_many_attempts</c>, <c>paused</c>.</param>
/// <param name="At">When.</param>
/// <param name="Ip">Where from.</param>
public sealed record SignInFailureView(long Id, string Email, string Reason, DateTimeOffset At, string? Ip);
