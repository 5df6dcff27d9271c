using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Core.Telemetry;

/// <summary>A record of the audit log as it is kept. Its hash covers everything it says and the hash of the record before.</summary>
internal sealed class AuditRow
{
    /// <summary>What the first record has before it.</summary>
    public static readonly byte[] Genesis = new byte[SHA256.HashSizeInBytes];

    public long Number { get; private set; }

    public AuditId Id { get; private set; }

    public DateTimeOffset At { get; private set; }

    public string ActorId { get; private set; } = string.Empty;

    public string ActorKind { get; private set; } = string.Empty;

    public string Action { get; private set; } = string.Empty;

    public string TargetKind { get; private set; } = string.Empty;

    public string TargetId { get; private set; } = string.Empty;

    public TeamId? TeamId { get; private set; }

    public string? DecisionId { get; private set; }

    public string EventId { get; private set; } = string.Empty;

    public string? TraceId { get; private set; }

    public string? CausationId { get; private set; }

    public Dictionary<string, string> Details { get; private set; } = new(StringComparer.Ordinal);

    public byte[] Hash { get; private set; } = Genesis;

    /// <summary>The record that follows another in the chain.</summary>
    public static AuditRow After(long number, byte[] previousHash, ReceivedEvent<AuditEvent> received)
    {
        var row = new AuditRow
        {
            Number = number,
            Id = AuditId.New(received.Ts),
            At = received.Ts,
            ActorId = received.Actor.Id,
            ActorKind = Words.Of(received.Actor.Kind),
            Action = received.Payload.Action,
            TargetKind = received.Payload.TargetKind,
            TargetId = received.Payload.TargetId,
            TeamId = received.Payload.TeamId,
            DecisionId = received.Payload.DecisionId,
            EventId = received.EventId.Value,
            TraceId = received.Meta.TraceId,
            CausationId = received.Meta.CausationId,
            Details = received.Payload.Details.ToDictionary(StringComparer.Ordinal),
        };
        row.Hash = row.HashAfter(previousHash);
        return row;
    }

    /// <summary>The hash this record must have after another.</summary>
    public byte[] HashAfter(byte[] previousHash)
    {
        var text = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            json.WriteBase64StringValue(previousHash);
            json.WriteNumberValue(Number);
            foreach (var part in (string?[])[Id.Value, Timestamps.Format(At), ActorId, ActorKind, Action, TargetKind, TargetId, TeamId?.Value, DecisionId, EventId, TraceId, CausationId])
            {
                json.WriteStringValue(part);
            }

            foreach (var (name, value) in Details.OrderBy(detail => detail.Key, StringComparer.Ordinal))
            {
                json.WriteStringValue(name);
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        return SHA256.HashData(text.WrittenSpan);
    }

    public AuditRecord ToRecord() => new(
        Id, Number, At, ActorId, ActorKind, Action, TargetKind, TargetId, TeamId, DecisionId, EventId, TraceId, CausationId, Details, Convert.ToHexStringLower(Hash));
}
