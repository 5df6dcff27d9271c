using Daarion.Core.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Embassies;

/// <summary>The call of <c>embassy.accept</c>: a group of deliveries as columns.</summary>
internal static class AcceptCommand
{
    public const string Sql = """
        select accepted, conflicts, assigned from embassy.accept(
          $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
        """;

    public static void Fill(NpgsqlParameterCollection parameters, List<IncomingDelivery> group)
    {
        var deliveries = new Columns(group.Count);
        deliveries.Texts(parameters, group, d => d.Id.Value);
        deliveries.Texts(parameters, group, d => d.Platform);
        deliveries.Texts(parameters, group, d => d.Readings[0].Sent.Domain);
        deliveries.Texts(parameters, group, d => d.Readings[0].Sent.SiteId);
        deliveries.Add(parameters, group, d => d.Readings.Count, NpgsqlDbType.Integer);
        deliveries.Texts(parameters, group, d => d.Request.Signature == SignatureState.Valid ? "valid" : "valid_previous");
        deliveries.Texts(parameters, group, d => d.Request.WebhookId);
        deliveries.Texts(parameters, group, d => d.TraceId);
        deliveries.Add(parameters, group, d => d.Request.Body, NpgsqlDbType.Bytea);
        deliveries.Add(parameters, group, d => d.At.UtcDateTime, NpgsqlDbType.TimestampTz);

        var readings = new List<(int Delivery, IncomingDelivery Of, IncomingReading Reading)>(group.Sum(d => d.Readings.Count));
        var events = new List<(int Owner, OwnedEvent Event)>(group.Sum(d => d.Events.Count));
        for (var i = 0; i < group.Count; i++)
        {
            foreach (var e in group[i].Events)
            {
                events.Add((e.Owner > 0 ? readings.Count + e.Owner : -(i + 1), e));
            }

            foreach (var reading in group[i].Readings)
            {
                readings.Add((i + 1, group[i], reading));
            }
        }

        var rows = new Columns(readings.Count);
        rows.Texts(parameters, readings, r => r.Reading.Id.Value);
        rows.Add(parameters, readings, r => r.Delivery, NpgsqlDbType.Integer);
        rows.Add(parameters, readings, r => r.Reading.Sent.Position, NpgsqlDbType.Integer);
        rows.Texts(parameters, readings, r => r.Of.Platform);
        rows.Texts(parameters, readings, r => r.Reading.Sent.Domain);
        rows.Texts(parameters, readings, r => r.Reading.Sent.SiteId);
        rows.Add(parameters, readings, r => r.Reading.Sent.Value.Value, NpgsqlDbType.Numeric);
        rows.Texts(parameters, readings, r => r.Reading.Sent.Unit);
        rows.Add(parameters, readings, r => r.Reading.Sent.Ts.UtcDateTime, NpgsqlDbType.TimestampTz);
        rows.Texts(parameters, readings, r => r.Reading.Sent.ReadingId);
        rows.Texts(parameters, readings, r => r.Of.Request.WebhookId);
        rows.Add(parameters, readings, r => r.Reading.Held, NpgsqlDbType.Boolean);
        rows.Add(parameters, readings, r => r.Of.At.UtcDateTime, NpgsqlDbType.TimestampTz);

        rows.Texts(parameters, readings, r => r.Reading.Sent.Claim is { } claim ? Words.Of(claim.Kind) : null);
        rows.Texts(parameters, readings, r => r.Reading.Sent.Claim?.Reference);

        var pending = new Columns(events.Count);
        pending.Texts(parameters, events, e => e.Event.Event.Id.Value);
        pending.Texts(parameters, events, e => e.Event.Event.Stream);
        pending.Texts(parameters, events, e => e.Event.Event.Topic);
        pending.Texts(parameters, events, e => e.Event.Event.SequenceKey);
        pending.Add(parameters, events, e => e.Event.Event.Envelope, NpgsqlDbType.Json);
        pending.Texts(parameters, events, e => e.Event.Event.TraceParent);
        pending.Add(parameters, events, e => e.Owner, NpgsqlDbType.Integer);
        parameters.Add(new() { Value = readings.Exists(r => r.Reading.Held), NpgsqlDbType = NpgsqlDbType.Boolean });
    }

    private readonly struct Columns(int length)
    {
        public void Texts<TRow>(NpgsqlParameterCollection parameters, List<TRow> rows, Func<TRow, string?> column) => Add(parameters, rows, column, NpgsqlDbType.Text);

        public void Add<TRow, TValue>(NpgsqlParameterCollection parameters, List<TRow> rows, Func<TRow, TValue> column, NpgsqlDbType type)
        {
            var values = new TValue[length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = column(rows[i]);
            }

            parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }
}
