using Daarion.Core.Data;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Telemetry;

/// <summary>The SQL of figures and spans: written in batches, read by minute and by trace.</summary>
internal sealed class TelemetryStore(TelemetryDbContext db)
{
    private const string WriteMinutes = """
        insert into telemetry.service_minutes (service, minute, replica, requests, errors, queries, query_us, cpu_us, allocated_bytes, latency)
        select m.service, m.minute, $10, m.requests, m.errors, m.queries, m.query_us, m.cpu_us, m.allocated_bytes, string_to_array(m.latency, ',')::integer[]
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as m (service, minute, requests, errors, queries, query_us, cpu_us, allocated_bytes, latency)
        on conflict (service, minute, replica) do update set
          requests = excluded.requests, errors = excluded.errors, queries = excluded.queries, query_us = excluded.query_us,
          cpu_us = excluded.cpu_us, allocated_bytes = excluded.allocated_bytes, latency = excluded.latency
        """;

    private const string ReadMinutes = """
        select service, minute, requests, errors, queries, query_us, cpu_us, allocated_bytes, latency
        from telemetry.service_minutes
        where service = any ($1) and minute >= $2
        """;

    private const string WriteSpans = """
        insert into telemetry.spans (trace_id, span_id, parent_id, service, name, kind, started_at, duration_us, failed, tags)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string ReadSpans = """
        select span_id, parent_id, service, name, kind, started_at, duration_us, failed, tags
        from telemetry.spans where trace_id = $1 order by started_at, span_id limit $2
        """;

    /// <summary>Writes minutes; a repeated write of the same ones replaces them.</summary>
    public async Task Write(IReadOnlyList<MinuteCollector.Minute> minutes, string replica, CancellationToken ct)
    {
        await using var command = await db.Command(WriteMinutes, ct);
        command.Parameters.Add(Array(minutes.Select(m => m.Service), NpgsqlDbType.Text));
        command.Parameters.Add(Array(minutes.Select(m => m.At), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Array(minutes.Select(m => m.Requests), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(minutes.Select(m => m.Errors), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(minutes.Select(m => m.Queries), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(minutes.Select(m => m.QueryMicroseconds), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(minutes.Select(m => m.CpuMicroseconds), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(minutes.Select(m => m.AllocatedBytes), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(minutes.Select(m => string.Join(',', m.Latency)), NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = replica });
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    /// <summary>The minutes of services since a time, one for each process.</summary>
    public async Task<IReadOnlyList<MinuteFigures>> Read(IReadOnlyList<string> services, DateTimeOffset since, CancellationToken ct)
    {
        await using var command = await db.Command(ReadMinutes, ct);
        command.Parameters.Add(Array(services, NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = since });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        var rows = new List<MinuteFigures>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new MinuteFigures(
                reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetFieldValue<int[]>(8)));
        }

        return rows;
    }

    /// <summary>Writes spans.</summary>
    public async Task Write(IReadOnlyList<FinishedSpan> spans, CancellationToken ct)
    {
        await using var command = await db.Command(WriteSpans, ct);
        command.Parameters.Add(Array(spans.Select(s => s.TraceId), NpgsqlDbType.Text));
        command.Parameters.Add(Array(spans.Select(s => s.SpanId), NpgsqlDbType.Text));
        command.Parameters.Add(Array(spans.Select(s => s.ParentId), NpgsqlDbType.Text));
        command.Parameters.Add(Array(spans.Select(s => s.Service), NpgsqlDbType.Text));
        command.Parameters.Add(Array(spans.Select(s => s.Name), NpgsqlDbType.Text));
        command.Parameters.Add(Array(spans.Select(s => s.Kind), NpgsqlDbType.Text));
        command.Parameters.Add(Array(spans.Select(s => s.StartedAt), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Array(spans.Select(s => (long)s.Duration.TotalMicroseconds), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(spans.Select(s => s.Failed), NpgsqlDbType.Boolean));
        command.Parameters.Add(Array(spans.Select(s => s.TagsJson), NpgsqlDbType.Jsonb));
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    /// <summary>The spans of a trace, the earliest first.</summary>
    public async Task<IReadOnlyList<FinishedSpan>> ReadTrace(string traceId, CancellationToken ct)
    {
        await using var command = await db.Command(ReadSpans, ct);
        command.Parameters.Add(new() { Value = traceId });
        command.Parameters.Add(new() { Value = Trace.MaxSpans });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        var spans = new List<FinishedSpan>();
        while (await reader.ReadAsync(ct))
        {
            spans.Add(new FinishedSpan(
                traceId, reader.GetString(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetFieldValue<DateTimeOffset>(5), TimeSpan.FromMicroseconds(reader.GetInt64(6)), reader.GetBoolean(7), reader.GetString(8)));
        }

        return spans;
    }

    /// <summary>Forgets what is too old, at most so many rows a table at once. Answers whether more may be left.</summary>
    public async Task<bool> Forget(DateTimeOffset minutesBefore, DateTimeOffset spansBefore, CancellationToken ct)
    {
        const int AtOnce = 20_000;
        var minutes = await Delete("service_minutes", "minute", minutesBefore, AtOnce, ct);
        var spans = await Delete("spans", "started_at", spansBefore, AtOnce, ct);
        return minutes == AtOnce || spans == AtOnce;
    }

    private async Task<int> Delete(string table, string column, DateTimeOffset before, int limit, CancellationToken ct)
    {
        await using var command = await db.Command($"delete from telemetry.{table} where ctid = any (array(select ctid from telemetry.{table} where {column} < $1 limit $2))", ct);
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = limit });
        return await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    private static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType element) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | element };
}

/// <summary>One service's minute in one process, as it is kept.</summary>
internal sealed record MinuteFigures(
    string Service, DateTimeOffset At, long Requests, long Errors, long Queries, long QueryMicroseconds, long CpuMicroseconds, long AllocatedBytes, int[] Latency);
