using Daarion.Core.Kernel;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary><c>access_key.created</c>.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="SubjectKind">What kind of subject it stands for.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="By">Who made it.</param>
/// <param name="OwnerId">The person it belongs to.</param>
/// <param name="Bundles">Bundles it holds.</param>
/// <param name="Capabilities">Capabilities it holds beside them.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
public sealed record AccessKeyCreated(
    AccessKeyId KeyId, SubjectKind SubjectKind, string SubjectId, TeamId TeamId, string By, UserId OwnerId, IReadOnlyList<string> Bundles, IReadOnlyList<string> Capabilities, DateTimeOffset ExpiresAt);

/// <summary><c>access_key.rotated</c>: it has a new secret.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="SubjectKind">What kind of subject it stands for.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="OverlapUntil">How long the old secret is still good.</param>
public sealed record AccessKeyRotated(AccessKeyId KeyId, SubjectKind SubjectKind, string SubjectId, TeamId TeamId, string By, DateTimeOffset OverlapUntil);

/// <summary><c>access_key.revoked</c>.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="SubjectKind">What kind of subject it stood for.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="TeamId">The team it reached.</param>
/// <param name="By">Who revoked it.</param>
public sealed record AccessKeyRevoked(AccessKeyId KeyId, SubjectKind SubjectKind, string SubjectId, TeamId TeamId, string By);

/// <summary><c>access_key.suspended</c>: it was used in an unusual way, and the city's setting asks for it.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="SubjectKind">What kind of subject it stands for.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="AnomalyId">What was unusual.</param>
/// <param name="Metric">Of what too much was used.</param>
public sealed record AccessKeySuspended(AccessKeyId KeyId, SubjectKind SubjectKind, string SubjectId, TeamId TeamId, AnomalyId AnomalyId, string Metric);

/// <summary><c>access_key.resumed</c>: it is good again.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="SubjectKind">What kind of subject it stands for.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="By">Who made it good again.</param>
public sealed record AccessKeyResumed(AccessKeyId KeyId, SubjectKind SubjectKind, string SubjectId, TeamId TeamId, string By);

/// <summary><c>access_key.used</c>: a sample, at most one a minute for each key.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="SubjectKind">What kind of subject it stands for.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="By">Who used it: the subject itself.</param>
/// <param name="At">When.</param>
public sealed record AccessKeyUsed(AccessKeyId KeyId, SubjectKind SubjectKind, string SubjectId, TeamId TeamId, string By, DateTimeOffset At);
