using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>The two ways of signing.</summary>
public enum SignatureStyle
{
    /// <summary><c>X-Signature: sha256=&lt;hex&gt;</c> over <c>timestamp.body</c>.</summary>
    XSignature,

    /// <summary>Standard Webhooks: <c>webhook-signature: v1,&lt;base64&gt;</c> over <c>id.timestamp.body</c>.</summary>
    StandardWebhooks,
}

/// <summary>What was found of a delivery's signature.</summary>
public enum SignatureState
{
    /// <summary>Made with the current secret.</summary>
    Valid,

    /// <summary>Made with the secret before it, within the overlap of a rotation.</summary>
    ValidPrevious,

    /// <summary>No signature, or not one of ours.</summary>
    Missing,

    /// <summary>It does not fit the body.</summary>
    Mismatch,

    /// <summary>Its time is more than 5 minutes away.</summary>
    Stale,

    /// <summary>There is no such platform.</summary>
    UnknownPlatform,
}

/// <summary>What became of a delivery.</summary>
public enum DeliveryOutcome
{
    /// <summary>At least one reading of it was new.</summary>
    Accepted,

    /// <summary>Everything in it was known.</summary>
    Duplicate,

    /// <summary>Refused; the reason says why.</summary>
    Rejected,
}

/// <summary>How an entrance hands over what came: the headers as they were and the raw bytes they sign.</summary>
/// <param name="Platform"><c>X-Platform-Id</c>.</param>
/// <param name="Domain">Of the address it came to: <c>energy</c>.</param>
/// <param name="Timestamp"><c>X-Timestamp</c> or <c>webhook-timestamp</c>.</param>
/// <param name="Signature"><c>X-Signature</c> or <c>webhook-signature</c>.</param>
/// <param name="WebhookId"><c>webhook-id</c>; null for the first style.</param>
/// <param name="Body">The raw bytes.</param>
public sealed record SignedDelivery(string? Platform, string Domain, string? Timestamp, string? Signature, string? WebhookId, ReadOnlyMemory<byte> Body);

/// <summary>A delivery whose signature was verified.</summary>
/// <param name="Domain">Of the address it came to.</param>
/// <param name="Body">The raw bytes.</param>
/// <param name="Signature">Which secret made the signature.</param>
/// <param name="WebhookId">The sender's id of the delivery, where it gave one.</param>
public sealed record VerifiedDelivery(string Domain, ReadOnlyMemory<byte> Body, SignatureState Signature, string? WebhookId);

/// <summary>The answer to a delivery.</summary>
/// <param name="Status"><c>accepted</c> or <c>duplicate</c>.</param>
/// <param name="EventIds">An id for each reading that is new, in the order of the body.</param>
/// <param name="Duplicates">The places in the batch of readings that were known; left out where there are none.</param>
/// <param name="DeliveryId">The delivery in the log.</param>
public sealed record DeliveryReceipt(
    DeliveryOutcome Status,
    IReadOnlyList<EmbassyId> EventIds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Duplicates,
    EmbassyId DeliveryId);

/// <summary>A line of the delivery log.</summary>
/// <param name="Id"><c>emb_…</c>.</param>
/// <param name="Platform">The name it was sent under.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site of its first reading; null where nothing could be read.</param>
/// <param name="Readings">Readings in it.</param>
/// <param name="Accepted">Readings of it that were new.</param>
/// <param name="SignatureState">What was found of its signature.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was refused: a code such as <c>conflict</c>.</param>
/// <param name="Detail">The sentence the sender got.</param>
/// <param name="ReceivedAt">When.</param>
/// <param name="BodyBytes">Size of the kept body; 0 where none was kept.</param>
/// <param name="TraceId">The trace.</param>
public sealed record Delivery(
    EmbassyId Id,
    string Platform,
    string Domain,
    string? SiteId,
    int Readings,
    int Accepted,
    SignatureState SignatureState,
    DeliveryOutcome Outcome,
    string? Reason,
    string? Detail,
    DateTimeOffset ReceivedAt,
    int BodyBytes,
    string? TraceId);

/// <summary>A delivery with all that was kept of it.</summary>
/// <param name="Delivery">Its line in the log.</param>
/// <param name="Body">Its body as text; null where it was not kept (unsigned).</param>
/// <param name="WebhookId">The sender's id of it.</param>
/// <param name="Readings">The readings of it that were accepted, the first 1 000.</param>
public sealed record DeliveryDetail(Delivery Delivery, string? Body, string? WebhookId, IReadOnlyList<AcceptedReading> Readings);

/// <summary>A reading that was accepted.</summary>
/// <param name="Id"><c>emb_…</c>, what its events name as <c>webhook_event_id</c>.</param>
/// <param name="Position">Its place in the delivery.</param>
/// <param name="SiteId">The site.</param>
/// <param name="TeamId">The team the site belongs to now; null while it has none.</param>
/// <param name="Value">The counter as sent.</param>
/// <param name="Unit">The unit as sent.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="ReadingId">The sender's id of the reading.</param>
/// <param name="Held">True while its site has no team.</param>
public sealed record AcceptedReading(EmbassyId Id, int Position, string SiteId, TeamId? TeamId, Quantity Value, string Unit, DateTimeOffset Ts, string? ReadingId, bool Held);

/// <summary>Which deliveries.</summary>
/// <param name="Platform">Of one platform.</param>
/// <param name="SiteId">With readings of one site.</param>
/// <param name="Outcome">That ended so.</param>
/// <param name="SignatureState">With such a signature.</param>
/// <param name="From">Received at or after.</param>
/// <param name="To">Received before.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record DeliveryQuery(
    string? Platform = null,
    string? SiteId = null,
    DeliveryOutcome? Outcome = null,
    SignatureState? SignatureState = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    int Limit = PageRequest.DefaultLimit,
    string? Cursor = null);

/// <summary>Names a delivery, or a reading in it.</summary>
public sealed record DeliveryRef(EmbassyId Id);
