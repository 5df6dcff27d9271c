using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>
/// Webhooks out: teams and platforms are told of events at an address of theirs, signed the way of Standard Webhooks (seed 4.9). Of a team's asks
/// <c>embassy.webhook.manage</c> in the team, of a platform's <c>city.embassy.manage</c>.
/// </summary>
public interface IWebhookService
{
    /// <summary>Subscribes an address to events. The secret is shown this once. <c>invalid_payload</c> for an address that may not be called, and for types that nobody is told of.</summary>
    Task<WebhookCreated> CreateWebhook(Caller caller, CreateWebhook request, CancellationToken ct);

    /// <summary>Subscriptions of a team or a platform; the whole city's without, for operators.</summary>
    Task<Page<Webhook>> ListWebhooks(Caller caller, WebhookQuery request, CancellationToken ct);

    /// <summary>One subscription.</summary>
    Task<Webhook> GetWebhook(Caller caller, WebhookRef request, CancellationToken ct);

    /// <summary>Changes the address or the events of a subscription.</summary>
    Task<Webhook> UpdateWebhook(Caller caller, UpdateWebhook request, CancellationToken ct);

    /// <summary>Makes a new secret. Until the overlap is over messages are signed with both.</summary>
    Task<WebhookSecret> RotateWebhookSecret(Caller caller, RotateWebhookSecret request, CancellationToken ct);

    /// <summary>Tells the address again of what happens, and of what still waits.</summary>
    Task<Webhook> EnableWebhook(Caller caller, WebhookRef request, CancellationToken ct);

    /// <summary>Tells the address nothing more until it is enabled; what happens meanwhile is not told later.</summary>
    Task<Webhook> DisableWebhook(Caller caller, WebhookRef request, CancellationToken ct);

    /// <summary>Ends a subscription.</summary>
    Task<Webhook> DeleteWebhook(Caller caller, WebhookRef request, CancellationToken ct);

    /// <summary>Sends a message of the type <c>webhook.test</c>.</summary>
    Task<WebhookMessage> TestWebhook(Caller caller, WebhookRef request, CancellationToken ct);

    /// <summary>What was told or waits to be, newest first.</summary>
    Task<Page<WebhookMessage>> ListWebhookMessages(Caller caller, WebhookMessageQuery request, CancellationToken ct);

    /// <summary>One message with its body.</summary>
    Task<WebhookMessageDetail> GetWebhookMessage(Caller caller, WebhookMessageRef request, CancellationToken ct);

    /// <summary>Sends a message once more, with the same id: a receiver that has it may pass over it.</summary>
    Task<WebhookMessage> ReplayWebhookMessage(Caller caller, WebhookMessageRef request, CancellationToken ct);
}

/// <summary>Whether an address is told.</summary>
public enum WebhookStatus
{
    /// <summary>It is told.</summary>
    Active,

    /// <summary>It is told nothing: by hand, or because nothing could be delivered for a day.</summary>
    Disabled,

    /// <summary>It is ended.</summary>
    Deleted,
}

/// <summary>How a message stands.</summary>
public enum WebhookMessageState
{
    /// <summary>It waits for its first or next attempt.</summary>
    Waiting,

    /// <summary>The address took it.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    Failed,
}

/// <summary>An address that is told of events.</summary>
/// <param name="Id"><c>hook_…</c>.</param>
/// <param name="TeamId">Of which team.</param>
/// <param name="Platform">Or of which platform.</param>
/// <param name="Url">Where.</param>
/// <param name="Events">Of which types; <c>payout.*</c> is a whole domain.</param>
/// <param name="Status">Whether it is told.</param>
/// <param name="DisabledReason">Why not: <c>by_hand</c>, <c>no_answer</c> (nothing could be delivered for a day), <c>gone</c> (it answered 410).</param>
/// <param name="DisabledAt">Since when not.</param>
/// <param name="FailingSince">Since when nothing could be delivered.</param>
/// <param name="PreviousSecretUntil">Until when messages are signed with the secret before as well.</param>
/// <param name="CreatedAt">Since when it is subscribed.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="Waiting">How many messages wait.</param>
/// <param name="Version">For <c>If-Match</c>.</param>
public sealed record Webhook(
    WebhookId Id,
    TeamId? TeamId,
    string? Platform,
    string Url,
    IReadOnlyList<string> Events,
    WebhookStatus Status,
    string? DisabledReason,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? FailingSince,
    DateTimeOffset? PreviousSecretUntil,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    int Waiting,
    int Version);

/// <summary>An address to subscribe.</summary>
/// <param name="Url">Where: https, at most 2 048 characters, no user or fragment in it.</param>
/// <param name="Events">1 to 50 types, or domains such as <c>payout.*</c>.</param>
/// <param name="TeamId">Of which team.</param>
/// <param name="Platform">Or of which platform.</param>
public sealed record CreateWebhook(string Url, IReadOnlyList<string> Events, TeamId? TeamId = null, string? Platform = null);

/// <summary>A new subscription with its secret: shown this once.</summary>
/// <param name="Id"><c>hook_…</c>.</param>
/// <param name="Secret"><c>whsec_…</c>.</param>
/// <param name="Url">Where.</param>
/// <param name="Events">Of which types.</param>
/// <param name="TeamId">Of which team.</param>
/// <param name="Platform">Or of which platform.</param>
/// <param name="Status">Active.</param>
/// <param name="CreatedAt">When.</param>
public sealed record WebhookCreated(
    WebhookId Id, string Secret, string Url, IReadOnlyList<string> Events, TeamId? TeamId, string? Platform, WebhookStatus Status, DateTimeOffset CreatedAt);

/// <summary>Which subscriptions.</summary>
/// <param name="TeamId">Of a team.</param>
/// <param name="Platform">Of a platform.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record WebhookQuery(TeamId? TeamId = null, string? Platform = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a subscription.</summary>
public sealed record WebhookRef(WebhookId Id);

/// <summary>What to change; what is left out stays.</summary>
/// <param name="Id">Which.</param>
/// <param name="Url">Where.</param>
/// <param name="Events">Of which types.</param>
/// <param name="ExpectedVersion">The version the change was made on.</param>
public sealed record UpdateWebhook(WebhookId Id, string? Url = null, IReadOnlyList<string>? Events = null, int? ExpectedVersion = null);

/// <summary>A secret to make anew.</summary>
/// <param name="Id">Of which subscription.</param>
/// <param name="OverlapMinutes">How long messages are signed with both: 0 to 1 440.</param>
public sealed record RotateWebhookSecret(WebhookId Id, int OverlapMinutes = 1440);

/// <summary>A new secret: shown this once.</summary>
/// <param name="Id">Of which subscription.</param>
/// <param name="Secret"><c>whsec_…</c>.</param>
/// <param name="PreviousSecretUntil">Until when messages are signed with the one before as well.</param>
public sealed record WebhookSecret(WebhookId Id, string Secret, DateTimeOffset? PreviousSecretUntil);

/// <summary>A message of a subscription.</summary>
/// <param name="Id"><c>msg_…</c>: the header <c>webhook-id</c>.</param>
/// <param name="WebhookId">Of which subscription.</param>
/// <param name="EventId">Of which event.</param>
/// <param name="Topic">Its type.</param>
/// <param name="State">How it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="NextAttemptAt">When it is tried next; null where it is not.</param>
/// <param name="LastAttemptAt">When it was tried last.</param>
/// <param name="LastStatus">What the address answered.</param>
/// <param name="LastError">Why it did not go: <c>private_address</c>, <c>timeout</c>, <c>connect</c>, <c>tls</c>, <c>status</c>.</param>
/// <param name="DurationMs">How long the last attempt took.</param>
public sealed record WebhookMessage(
    WebhookMessageId Id,
    WebhookId WebhookId,
    string EventId,
    string Topic,
    WebhookMessageState State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? LastAttemptAt,
    int? LastStatus,
    string? LastError,
    int? DurationMs);

/// <summary>A message with its body.</summary>
/// <param name="Message">The message.</param>
/// <param name="Body">What is sent.</param>
public sealed record WebhookMessageDetail(WebhookMessage Message, string Body);

/// <summary>Which messages.</summary>
/// <param name="Id">Of which subscription.</param>
/// <param name="State">In one state.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record WebhookMessageQuery(WebhookId Id, WebhookMessageState? State = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a message of a subscription.</summary>
public sealed record WebhookMessageRef(WebhookId Id, WebhookMessageId MessageId);
