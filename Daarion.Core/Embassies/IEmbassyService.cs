using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>
/// The city's door for outside platforms (seed 4.9), as operators see it: platforms and their secrets, sites and whose they are, the
/// delivery log. Deliveries themselves come in through <see cref="IEmbassyDeliveries"/>.
/// </summary>
public interface IEmbassyService
{
    /// <summary>
    /// Lets a platform in and gives its secret, once. Asks <c>city.embassy.manage</c>. <c>conflict</c> where the name is taken.
    /// </summary>
    Task<PlatformCreated> CreatePlatform(Caller caller, CreatePlatform request, CancellationToken ct);

    /// <summary>Platforms by name. Asks <c>city.embassy.read</c>.</summary>
    Task<Page<Platform>> ListPlatforms(Caller caller, PageRequest request, CancellationToken ct);

    /// <summary>One platform. Asks <c>city.embassy.read</c>.</summary>
    Task<Platform> GetPlatform(Caller caller, PlatformRef request, CancellationToken ct);

    /// <summary>Changes a platform's name, domains or rate. Asks <c>city.embassy.manage</c>. <c>conflict</c> on a stale version.</summary>
    Task<Platform> UpdatePlatform(Caller caller, UpdatePlatform request, CancellationToken ct);

    /// <summary>
    /// Gives a new secret; the one before it stays good for the overlap. Asks <c>city.embassy.manage</c>. A second rotation within the
    /// overlap ends the oldest at once.
    /// </summary>
    Task<PlatformSecret> RotateSecret(Caller caller, RotateSecret request, CancellationToken ct);

    /// <summary>Refuses everything a platform sends until it is let in again. Asks <c>city.embassy.manage</c>; publishes <c>embassy.platform.suspended</c>.</summary>
    Task<Platform> SuspendPlatform(Caller caller, PlatformRef request, CancellationToken ct);

    /// <summary>Lets a suspended platform in again. Asks <c>city.embassy.manage</c>; publishes <c>embassy.platform.suspended</c>.</summary>
    Task<Platform> ResumePlatform(Caller caller, PlatformRef request, CancellationToken ct);

    /// <summary>
    /// Says what a platform's site is and whose. A site that already sent readings is taken over, and with a team its held readings flow
    /// on. Asks <c>city.embassy.manage</c>. <c>conflict</c> where the site already has a team.
    /// </summary>
    [TimeLimit(60)]
    Task<SiteIdentity> CreateIdentity(Caller caller, CreateIdentity request, CancellationToken ct);

    /// <summary>
    /// Gives a site to a team (and a person, for a resident); held readings flow on in the order of their times. What was already counted
    /// stays with the team it was counted for. Asks <c>city.embassy.manage</c>.
    /// </summary>
    [TimeLimit(60)]
    Task<SiteIdentity> AssignIdentity(Caller caller, AssignIdentity request, CancellationToken ct);

    /// <summary>One site. Asks <c>city.embassy.read</c>, or <c>embassy.intent.read</c> in the site's team.</summary>
    Task<SiteIdentity> GetIdentity(Caller caller, IdentityRef request, CancellationToken ct);

    /// <summary>Sites, with their held readings. Asks <c>city.embassy.read</c>, or <c>embassy.intent.read</c> in the team that is asked for.</summary>
    Task<Page<SiteIdentity>> ListIdentities(Caller caller, IdentityQuery request, CancellationToken ct);

    /// <summary>The delivery log, newest first. Asks <c>city.embassy.read</c>.</summary>
    Task<Page<Delivery>> ListDeliveries(Caller caller, DeliveryQuery request, CancellationToken ct);

    /// <summary>
    /// One delivery with its body and its readings, by its own id or by the id of a reading in it. Asks <c>city.embassy.read</c>, or
    /// <c>embassy.intent.read</c> in a team of its sites: whoever holds only that gets the readings of their teams, and the body where it has nobody else's.
    /// </summary>
    Task<DeliveryDetail> GetDelivery(Caller caller, DeliveryRef request, CancellationToken ct);

    /// <summary>
    /// Brings a kept body through the same acceptance again, as its platform: what was refused for a reason that is gone is accepted now,
    /// what was accepted is a duplicate. Asks <c>city.embassy.manage</c>. <c>conflict</c> where no body was kept.
    /// </summary>
    Task<DeliveryReceipt> ReplayDelivery(Caller caller, DeliveryRef request, CancellationToken ct);

    /// <summary>
    /// Signs a reading with the platform's own secret and brings it through the same acceptance as an outside delivery. Asks <c>city.embassy.manage</c>.
    /// </summary>
    Task<TestReadingSent> SendTestReading(Caller caller, SendTestReading request, CancellationToken ct);

    /// <summary>Programs that sign and send a reading for this platform, ready to run once the secret is put in. Asks <c>city.embassy.read</c>.</summary>
    Task<PlatformSnippets> GetSnippets(Caller caller, SnippetsRequest request, CancellationToken ct);
}

/// <summary>Where signed deliveries come in. Only a platform whose signature was verified holds what it asks.</summary>
public interface IEmbassyDeliveries
{
    /// <summary>
    /// Accepts the readings of one delivery, all or none. Asks <c>embassy.energy.update</c>; publishes <c>embassy.event.received</c> and, for sites
    /// that have a team, <c>embassy.energy.update</c>. <c>invalid_payload</c> naming the field; <c>conflict</c> where a site has another
    /// value at that time; <c>forbidden</c> for a suspended platform or a domain it does not serve; <c>rate_limited</c>.
    /// </summary>
    Task<DeliveryReceipt> Accept(Caller caller, VerifiedDelivery request, CancellationToken ct);
}
