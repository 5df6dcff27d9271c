using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>An active subscription, as whoever queues messages needs it.</summary>
internal sealed record ActiveSubscription(WebhookId Id, TeamId? Team, string? Platform, IReadOnlyList<string> Events, DateTimeOffset Since)
{
    /// <summary>True where it is told of an event.</summary>
    public bool Wants(EventEnvelope e) =>
        e.Ts >= Since
        && (Team is not null ? e.Meta.TeamId == Team : e.Payload.TryGetProperty("platform", out var platform) && platform.ValueEquals(Platform))
        && WebhookRules.Takes(Events, e.Type);
}

/// <summary>The active subscriptions, in memory; read again every two seconds, and at once where one changes here.</summary>
internal sealed class WebhookSubscriptions(CityDatabase database, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim reading = new(1, 1);
    private IReadOnlyList<ActiveSubscription> active = [];
    private long? readAt;

    /// <summary>Those there are.</summary>
    public async ValueTask<IReadOnlyList<ActiveSubscription>> All(CancellationToken ct)
    {
        if (readAt is { } at && clock.GetElapsedTime(at) < MaxAge)
        {
            return active;
        }

        await reading.WaitAsync(ct);
        try
        {
            if (readAt is not { } again || clock.GetElapsedTime(again) >= MaxAge)
            {
                active = await Read(ct);
                readAt = clock.GetTimestamp();
            }

            return active;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>True where events of a domain are wanted by anybody.</summary>
    public async ValueTask<bool> Want(string domain, CancellationToken ct) =>
        (await All(ct)).Any(one => one.Events.Any(type => type.StartsWith($"{domain}.", StringComparison.Ordinal)));

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    /// <summary>One changed here.</summary>
    public void Forget() => readAt = null;

    private async Task<List<ActiveSubscription>> Read(CancellationToken ct)
    {
        await using var command = database.Of(ServiceName.Embassies).CreateCommand(
            "select id, team_id, platform, events, created_at from embassy.webhook_subscriptions where status = 'active' order by id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<ActiveSubscription>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(new(
                WebhookId.Parse(reader.GetString(0)),
                await reader.IsDBNullAsync(1, ct) ? null : TeamId.Parse(reader.GetString(1)),
                await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2),
                await reader.GetFieldValueAsync<string[]>(3, ct),
                await reader.GetFieldValueAsync<DateTimeOffset>(4, ct)));
        }

        return found;
    }
}
