namespace Daarion.Core.Auth;

/// <summary><c>auth.session.created</c>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Method"><c>code</c>, <c>link</c>, <c>setup</c>, <c>invitation</c>.</param>
public sealed record AuthSessionCreated(SessionId SessionId, UserId UserId, string Method);

/// <summary><c>auth.session.ended</c>: its consoles close.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Reason"><c>signed_out</c>, <c>signed_out_everywhere</c>, <c>ended_by_operator</c>.</param>
public sealed record AuthSessionEnded(SessionId SessionId, UserId UserId, string Reason);

/// <summary><c>auth.signin.failed</c>.</summary>
/// <param name="UserId">Whose address was tried; null for one that nobody has.</param>
/// <param name="Reason"><c>wrong_code</c>, <c>expired</c>, <c>used</c>, <c>too_many_attempts</c>, <c>paused</c>.</param>
/// <param name="FailuresInWindow">How many in the last 15 minutes for the address.</param>
public sealed record AuthSignInFailed(UserId? UserId, string Reason, int FailuresInWindow);

/// <summary><c>auth.service_key.created</c>.</summary>
public sealed record AuthServiceKeyCreated(AccessKeyId KeyId, IReadOnlyList<string> Capabilities, string By);

/// <summary><c>auth.service_key.rotated</c>.</summary>
public sealed record AuthServiceKeyRotated(AccessKeyId KeyId, DateTimeOffset OverlapUntil, string By);

/// <summary><c>auth.service_key.revoked</c>.</summary>
public sealed record AuthServiceKeyRevoked(AccessKeyId KeyId, string By);
