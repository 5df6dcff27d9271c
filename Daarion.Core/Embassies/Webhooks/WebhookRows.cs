namespace Daarion.Core.Embassies.Webhooks;

/// <summary>A subscription as it is kept.</summary>
internal sealed class SubscriptionRow
{
    public required WebhookId Id { get; init; }

    public TeamId? TeamId { get; init; }

    public string? Platform { get; init; }

    public required string Url { get; set; }

    public required List<string> Events { get; set; }

    public required byte[] Secret { get; set; }

    public byte[]? PreviousSecret { get; set; }

    public DateTimeOffset? RotatesAt { get; set; }

    public WebhookStatus Status { get; private set; }

    public string? DisabledReason { get; private set; }

    public DateTimeOffset? DisabledAt { get; private set; }

    public DateTimeOffset? FailingSince { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public int Version { get; private set; } = 1;

    public void Changed() => Version++;

    public void Rotate(byte[] secret, DateTimeOffset now, TimeSpan overlap)
    {
        PreviousSecret = overlap > TimeSpan.Zero ? Secret : null;
        RotatesAt = overlap > TimeSpan.Zero ? now + overlap : null;
        Secret = secret;
        Changed();
    }

    public void Enable()
    {
        (Status, DisabledReason, DisabledAt, FailingSince) = (WebhookStatus.Active, null, null, null);
        Changed();
    }

    public void Disable(string reason, DateTimeOffset at)
    {
        (Status, DisabledReason, DisabledAt) = (WebhookStatus.Disabled, reason, at);
        Changed();
    }

    public void Delete()
    {
        (Status, DisabledReason, DisabledAt) = (WebhookStatus.Deleted, null, null);
        Changed();
    }
}

/// <summary>A message as it is kept.</summary>
internal sealed class MessageRow
{
    public required WebhookMessageId Id { get; init; }

    public required WebhookId SubscriptionId { get; init; }

    public required string EventId { get; init; }

    public required string Topic { get; init; }

    public required string Body { get; init; }

    public WebhookMessageState State { get; init; }

    public int Attempts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset NextAttemptAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    public int? LastStatus { get; init; }

    public string? LastError { get; init; }

    public int? DurationMs { get; init; }

    public WebhookMessage View() => new(
        Id, SubscriptionId, EventId, Topic, State, Attempts, CreatedAt, State == WebhookMessageState.Waiting ? NextAttemptAt : null, LastAttemptAt, LastStatus, LastError, DurationMs);
}
