using Daarion.Core.Kernel;

namespace Daarion.Core.Oracles;

/// <summary>What a published row says about the inventory.</summary>
public enum ReadingKind
{
    /// <summary>New energy (or food, water): a positive delta of this kind is paid.</summary>
    Reading,

    /// <summary>A late reading and the compensation of its neighbour: they move what was counted before to where it belongs, sum to zero and are not paid.</summary>
    Correction,

    /// <summary>What another oracle of the site says: it is compared, and moves nothing.</summary>
    Witness,
}

/// <summary><c>oracle.reading.published</c>: a normalised reading, or a compensating row.</summary>
/// <param name="OracleId">The row.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Platform">The platform.</param>
/// <param name="TeamId">The team the site belongs to.</param>
/// <param name="NormalizedValue">The counter in <paramref name="Unit"/>.</param>
/// <param name="Delta">The rise since the reading before it in time, in <paramref name="Unit"/>.</param>
/// <param name="Unit"><c>kwh</c>, <c>kg</c>, <c>m3</c>.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="Kind">Whether the delta is new or moved.</param>
/// <param name="WebhookEventId">The embassy's reading it came in; null where a service published it.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team.</param>
public sealed record OracleReadingPublished(
    OracleId OracleId,
    string Domain,
    string SiteId,
    string Platform,
    TeamId TeamId,
    Quantity NormalizedValue,
    Quantity Delta,
    string Unit,
    DateTimeOffset Ts,
    ReadingKind Kind,
    EmbassyId? WebhookEventId,
    UserId? BeneficiaryUserId);

/// <summary><c>oracle.reading.rejected</c>: a rule said no; <paramref name="Rule"/> is its code.</summary>
public sealed record OracleReadingRejected(OracleId OracleId, string Platform, string Domain, string SiteId, TeamId TeamId, string Rule, Quantity Value, EmbassyId? WebhookEventId);

/// <summary><c>oracle.reading.held</c>: a reading waits for an operator; <paramref name="Rule"/> is the code of the rule that stopped it.</summary>
public sealed record OracleReadingHeld(OracleId OracleId, string Platform, string Domain, string SiteId, TeamId TeamId, string Rule, Quantity Value, EmbassyId? WebhookEventId);
