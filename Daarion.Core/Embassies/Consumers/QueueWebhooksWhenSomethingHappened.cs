using System.Text.Encodings.Web;
using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Embassies.Consumers;

/// <summary>
/// Each event that somebody has subscribed to becomes a message for them, once: the pair of subscription and event is unique, which serves here as the inbox.
/// </summary>
internal sealed class QueueWebhooksWhenSomethingHappened(EmbassyDbContext db, IAccess access, WebhookSubscriptions subscriptions, WebhookDispatcher dispatcher) : IEventConsumer
{
    private const string Sql = """
        insert into embassy.webhook_messages (id, subscription_id, event_id, topic, body, created_at, next_attempt_at, expires_at)
        select m.id, m.subscription_id, m.event_id, m.topic, m.body, $6, $6, $7
        from unnest($1, $2, $3, $4, $5) as m (id, subscription_id, event_id, topic, body)
        on conflict (subscription_id, event_id) do nothing
        """;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task Consume(string consumer, IReadOnlyList<EventEnvelope> batch, CancellationToken ct)
    {
        await access.Require(db.Operation.Caller, EmbassyModule.Tell, ResourceRef.City, ct);
        var active = await subscriptions.All(ct);
        var told = (from e in batch from one in active where one.Wants(e) select (Event: e, Subscription: one)).ToArray();
        if (told.Length == 0)
        {
            return;
        }

        await db.Transact(
            async token =>
            {
                await using var command = await db.Command(Sql, token);
                command.Parameters.AddTexts(Array.ConvertAll(SqlArrays.NewIds<WebhookMessageKind>(told.Length, db.Now), id => id.Value));
                command.Parameters.AddTexts(Array.ConvertAll(told, one => one.Subscription.Id.Value));
                command.Parameters.AddTexts(Array.ConvertAll(told, one => one.Event.EventId.Value));
                command.Parameters.AddTexts(Array.ConvertAll(told, one => one.Event.Type));
                command.Parameters.AddTexts(Array.ConvertAll(told, one => Body(one.Event)));
                command.Parameters.AddTime(db.Now);
                command.Parameters.AddTime(db.Now + WebhookRules.Lifetime);
                return await QueryMeter.Measured(command.ExecuteNonQueryAsync(token));
            },
            ct);
        dispatcher.Wake();
    }

    /// <summary>What is sent: the type, the time and the data, as Standard Webhooks has it, and the event to ask for more.</summary>
    internal static string Body(EventEnvelope e)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, e.Type);
            json.WriteString("timestamp"u8, Timestamps.Format(e.Ts));
            json.WriteString("event_id"u8, e.EventId.Value);
            json.WriteString("team_id"u8, e.Meta.TeamId?.Value);
            json.WritePropertyName("data"u8);
            e.Payload.WriteTo(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
