using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary><c>embassy.event.received</c>: a signed delivery was accepted, one for each reading in it.</summary>
public sealed record EmbassyEventReceived(EmbassyId WebhookEventId, string Platform, string Domain, string SiteId);

/// <summary><c>embassy.energy.update</c>, <c>embassy.food.update</c>, <c>embassy.water.update</c>: a reading of a site that belongs to a team.</summary>
/// <param name="Platform">Who sent it.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The platform's own name of the site.</param>
/// <param name="Value">The counter as sent, in <paramref name="Unit"/>.</param>
/// <param name="Unit">As sent: <c>wh</c>, <c>kwh</c>, <c>mwh</c>, <c>gj</c>.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="WebhookEventId">The delivery it came in.</param>
/// <param name="TeamId">The team the site is mapped to.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team, for an identity of kind <c>resident</c>.</param>
public sealed record EmbassyReadingUpdate(
    string Platform, string Domain, string SiteId, Quantity Value, string Unit, DateTimeOffset Ts, EmbassyId WebhookEventId, TeamId TeamId, UserId? BeneficiaryUserId);

/// <summary>How a platform speaks of an asset.</summary>
public enum ClaimKind
{
    /// <summary>So much came, or went: it moves the inventory, and is not paid.</summary>
    Claim,

    /// <summary>So much is there: it is set beside what the city has counted, and moves nothing.</summary>
    Statement,

    /// <summary>A paper about so much, such as a guarantee of origin: it is kept, and moves nothing.</summary>
    Certificate,
}

/// <summary><c>embassy.rwa.claim</c>: what a platform says about an asset of a site that belongs to a team.</summary>
/// <param name="Platform">Who says it.</param>
/// <param name="Domain">The type of asset: <c>energy</c>.</param>
/// <param name="SiteId">The platform's own name of the site.</param>
/// <param name="Kind">How it is said.</param>
/// <param name="Value">How much, in <paramref name="Unit"/>; below zero for what went.</param>
/// <param name="Unit">As sent.</param>
/// <param name="Ts">The time it is about.</param>
/// <param name="Reference">The sender's name of the paper behind it.</param>
/// <param name="WebhookEventId">The delivery it came in.</param>
/// <param name="TeamId">The team the site is mapped to.</param>
public sealed record EmbassyRwaClaim(
    string Platform, string Domain, string SiteId, ClaimKind Kind, Quantity Value, string Unit, DateTimeOffset Ts, string? Reference, EmbassyId WebhookEventId, TeamId TeamId);

/// <summary><c>embassy.event.rejected</c>: a correctly signed delivery was refused, or an unsigned one came under a known platform's name.</summary>
public sealed record EmbassyEventRejected(EmbassyId WebhookEventId, string Platform, string? Domain, string Reason);

/// <summary><c>embassy.platform.suspended</c>: an operator suspended a platform, or let it in again.</summary>
public sealed record EmbassyPlatformSuspended(string Platform, bool Suspended);

/// <summary><c>embassy.webhook.disabled</c>: an address is told nothing any more: it answered that it is gone, or not at all for a day.</summary>
public sealed record EmbassyWebhookDisabled(WebhookId WebhookId, TeamId? TeamId, string? Platform, string Reason);
