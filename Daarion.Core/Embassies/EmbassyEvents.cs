using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary><c>embassy.event.received</c>: a signed delivery was accepted, one for each reading in it.</summary>
public sealed record EmbassyEventReceived(EmbassyId WebhookEventId, string Platform, string Domain, string SiteId);

/// <summary><c>embassy.energy.update</c>: a reading of a site that belongs to a team.</summary>
/// <param name="Platform">Who sent it.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The platform's own name of the site.</param>
/// <param name="Value">The counter as sent, in <paramref name="Unit"/>.</param>
/// <param name="Unit">As sent: <c>wh</c>, <c>kwh</c>, <c>mwh</c>, <c>gj</c>.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="WebhookEventId">The delivery it came in.</param>
/// <param name="TeamId">The team the site is mapped to.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team, for an identity of kind <c>resident</c>.</param>
public sealed record EmbassyEnergyUpdate(
    string Platform, string Domain, string SiteId, Quantity Value, string Unit, DateTimeOffset Ts, EmbassyId WebhookEventId, TeamId TeamId, UserId? BeneficiaryUserId);

/// <summary><c>embassy.event.rejected</c>: a correctly signed delivery was refused, or an unsigned one came under a known platform's name.</summary>
public sealed record EmbassyEventRejected(EmbassyId WebhookEventId, string Platform, string? Domain, string Reason);

/// <summary><c>embassy.platform.suspended</c>: an operator suspended a platform, or let it in again.</summary>
public sealed record EmbassyPlatformSuspended(string Platform, bool Suspended);
