using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>The two questions of whoever is responsible for access: who can do this, and what can they do? Answered by the engine itself, subject by subject.</summary>
public interface IAccessReviewService
{
    /// <summary>Every subject that may do something in a team, and by what: people, access keys, service keys, the city's services, outside platforms. Needs <c>capability.read</c> for the whole city: it lists people.</summary>
    Task<Page<SubjectAccess>> WhoCan(Caller caller, WhoCan request, CancellationToken ct);

    /// <summary>Everything that a subject may do, and by what. Needs <c>capability.read</c>; a person may ask about themselves.</summary>
    Task<Page<HeldCapability>> WhatCan(Caller caller, WhatCan request, CancellationToken ct);
}

/// <summary>Who can do this?</summary>
/// <param name="Action">The capability's code.</param>
/// <param name="TeamId">In which team; the city as a whole where it is not given.</param>
/// <param name="Resource">To what kind of thing; a team as a whole where it is not given.</param>
/// <param name="Page">Which page.</param>
public sealed record WhoCan(string Action, TeamId? TeamId = null, string? Resource = null, PageRequest? Page = null);

/// <summary>What can they do?</summary>
/// <param name="Subject"><c>u_…</c>, <c>ak_…</c> of an access key, <c>service:&lt;name&gt;</c>, a service key's <c>client_id</c>, <c>embassy:&lt;platform&gt;</c>.</param>
/// <param name="TeamId">In which team; an access key's own, or else the city as a whole, where it is not given.</param>
/// <param name="Page">Which page.</param>
public sealed record WhatCan(string Subject, TeamId? TeamId = null, PageRequest? Page = null);

/// <summary>A subject that may.</summary>
/// <param name="Subject">Who.</param>
/// <param name="Scope">With everything, or only with what is their own.</param>
/// <param name="Via">The bundles, memberships and keys that this rests on.</param>
/// <param name="KeyId">The access key by which they may; null for who needs none.</param>
public sealed record SubjectAccess(SubjectRef Subject, DecisionScope Scope, IReadOnlyList<FactSource> Via, string? KeyId = null);

/// <summary>Something that a subject may.</summary>
/// <param name="Capability">Its code.</param>
/// <param name="Scope">With everything, or only with what is their own.</param>
/// <param name="Obligations">What they must respect.</param>
/// <param name="Via">The bundles, memberships and keys that this rests on.</param>
public sealed record HeldCapability(string Capability, DecisionScope Scope, IReadOnlyList<string> Obligations, IReadOnlyList<FactSource> Via);
