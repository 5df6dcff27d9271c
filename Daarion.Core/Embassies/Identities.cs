using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>What a platform's identity stands for.</summary>
public enum IdentityKind
{
    /// <summary>A place with a meter; its team is paid.</summary>
    Site,

    /// <summary>A person's home; that person is paid.</summary>
    Resident,

    /// <summary>A group of places.</summary>
    District,
}

/// <summary>What a platform calls something of the city's, and whose it is.</summary>
/// <param name="Id"><c>emb_…</c>.</param>
/// <param name="Platform">The platform.</param>
/// <param name="SiteId">The platform's own name.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="TeamId">The team it belongs to; null while unassigned: its readings are held.</param>
/// <param name="UserId">The person who is paid, for a resident.</param>
/// <param name="HeldReadings">Readings that wait for a team.</param>
/// <param name="LastReadingAt">The time of its latest accepted reading.</param>
/// <param name="CreatedAt">When it became known.</param>
/// <param name="Version">For <c>If-Match</c>.</param>
public sealed record SiteIdentity(
    EmbassyId Id, string Platform, string SiteId, IdentityKind Kind, TeamId? TeamId, UserId? UserId, long HeldReadings, DateTimeOffset? LastReadingAt, DateTimeOffset CreatedAt, int Version);

/// <summary>A site to make known.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="SiteId">The platform's own name of it: 1 to 120 characters.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="TeamId">Whose it is; may be said later.</param>
/// <param name="UserId">The person who is paid; for a resident only.</param>
public sealed record CreateIdentity(string Platform, string SiteId, IdentityKind Kind = IdentityKind.Site, TeamId? TeamId = null, UserId? UserId = null);

/// <summary>A site to give to a team.</summary>
/// <param name="Id">Which.</param>
/// <param name="TeamId">To whom.</param>
/// <param name="Kind">What it stands for; as it was when left out.</param>
/// <param name="UserId">The person who is paid; for a resident only.</param>
/// <param name="ExpectedVersion">The version the change was made on.</param>
public sealed record AssignIdentity(EmbassyId Id, TeamId TeamId, IdentityKind? Kind = null, UserId? UserId = null, int? ExpectedVersion = null);

/// <summary>Names a site.</summary>
public sealed record IdentityRef(EmbassyId Id);

/// <summary>Which sites.</summary>
/// <param name="Platform">Of one platform.</param>
/// <param name="TeamId">Of one team.</param>
/// <param name="Unassigned">True: only those without a team; false: only those with one.</param>
/// <param name="SiteId">A part of the name.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record IdentityQuery(
    string? Platform = null, TeamId? TeamId = null, bool? Unassigned = null, string? SiteId = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);
