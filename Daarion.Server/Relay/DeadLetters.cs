using System.Text;
using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using NATS.Client.JetStream;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Server.Relay;

/// <summary>What reactions could not handle, kept until an operator tries it again or discards it.</summary>
internal sealed class DeadLetters(OutboxStore store, EventCatalogue catalogue, Reaction reaction)
{
    private const string CountSql = """
        insert into outbox.reaction_failures as f (consumer, event_id) values ($1, $2)
        on conflict (consumer, event_id) do update set failures = f.failures + 1, failed_at = now()
        returning failures
        """;

    /// <summary>Counts a failure of a reaction with an event, and answers how many there are now.</summary>
    public async Task<int> Count(ConsumerDeclaration consumer, string eventId, CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand(CountSql);
        command.Parameters.Add(new() { Value = consumer.Durable });
        command.Parameters.Add(new() { Value = eventId });
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Keeps an event that a reaction has given up.</summary>
    public async Task Keep(ConsumerDeclaration consumer, string stream, INatsJSMsg<byte[]> message, string eventId, int attempts, Exception problem, CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand("""
            with forgotten as (delete from outbox.reaction_failures where consumer = $1 and event_id = $2)
            insert into outbox.dead_letters (consumer, event_id, service, stream, stream_sequence, topic, payload, attempts, error)
            values ($1, $2, $3, $4, $5, $6, $7, $8, left($9, 500))
            on conflict (consumer, event_id) do update set attempts = excluded.attempts, error = excluded.error, state = 'dead', died_at = now(), settled_at = null
            """);
        command.Parameters.Add(new() { Value = consumer.Durable });
        command.Parameters.Add(new() { Value = eventId });
        command.Parameters.Add(new() { Value = consumer.Service });
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = (long)(message.Metadata?.Sequence.Stream ?? 0) });
        command.Parameters.Add(new() { Value = message.Subject });
        command.Parameters.Add(new() { Value = AsJson(message.Data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = attempts });
        command.Parameters.Add(new() { Value = problem.Message });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Lets the reaction handle a kept event once more, now.</summary>
    /// <exception cref="CityException">Whatever the reaction says; the event stays where it was.</exception>
    public async Task Retry(string durable, EventEnvelope e, CancellationToken ct)
    {
        var consumer = catalogue.Consumers.FirstOrDefault(declared => string.Equals(declared.Durable, durable, StringComparison.Ordinal))
            ?? throw CityException.Conflict("The reaction that failed is no longer part of the city; discard the event.");
        try
        {
            await reaction.React(consumer, [e], ct);
        }
        catch (Exception problem) when (problem is not (CityException or OperationCanceledException or NpgsqlException))
        {
            throw CityException.Conflict($"It failed again: {problem.Message}");
        }
    }

    private static string AsJson(byte[]? data)
    {
        try
        {
            using var json = JsonDocument.Parse(data);
            return json.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            return JsonSerializer.Serialize(Encoding.UTF8.GetString(data ?? []));
        }
    }
}
