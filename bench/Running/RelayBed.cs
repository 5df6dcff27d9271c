using System.Diagnostics;
using System.Globalization;
using Daarion.Core;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Server.Embedded;
using Daarion.Server.Relay;
using Daarion.Server.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Bench.Running;

/// <summary>Real PostgreSQL and NATS in a folder of their own, and the relay between them.</summary>
internal sealed class RelayBed : IAsyncDisposable
{
    /// <summary>Events about so many objects.</summary>
    public const int Keys = 1_000;

    private const string Topic = "audit.event";
    private const string Stream = "STREAM_AUDIT";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private DataFolder? data;
    private EmbeddedPostgres? postgres;
    private EmbeddedNats? nats;
    private IHost? host;
    private long number;

    public NatsLink Nats => host!.Services.GetRequiredService<NatsLink>();

    public OutboxSignal Signal => host!.Services.GetRequiredService<OutboxSignal>();

    public NpgsqlDataSource Database { get; private set; } = null!;

    public static async Task<RelayBed> Start()
    {
        var bed = new RelayBed();
        await bed.Open();
        return bed;
    }

    /// <summary>A message as the city writes them: an envelope of some 700 bytes.</summary>
    public (string Id, string Key, string Envelope) NewMessage()
    {
        var n = Interlocked.Increment(ref number);
        var id = EventId.New(TimeProvider.System.GetUtcNow()).Value;
        var key = string.Create(CultureInfo.InvariantCulture, $"energyunion/EU-KYIV-{n % Keys:0000}");
        return (id, key, $$$"""
            {"event_id": "{{{id}}}", "ts": "2026-11-14T12:00:00.000Z", "domain": "audit", "type": "{{{Topic}}}", "version": 1, "actor": {"id": "service:oracles", "kind": "service"}, "payload": {"oracle_id": "orc_01jcqm8w5d2t4v6x8z0b2d4f6h", "domain": "energy", "site_id": "{{{key}}}", "platform": "energyunion", "team_id": "t_01jcqm8w5d2t4v6x8z0b2d4f6h", "normalized_value": "133316.412000000", "delta": "7.412000000", "unit": "kwh", "ts": "2026-11-14T12:00:00.000Z", "kind": "reading", "webhook_event_id": "emb_01jcqm8w5d2t4v6x8z0b2d4f6h", "number": {{{n}}}}, "meta": {"team_id": "t_01jcqm8w5d2t4v6x8z0b2d4f6h", "trace_id": "8fed0299771dfd9a2cfbdb853f3b4c9c", "span_id": "705c7860baf54a87", "causation_id": "evt_01jcqm8w5d2t4v6x8z0b2d4f6h", "sequence_key": "{{{key}}}"}}
            """);
    }

    /// <summary>Commits messages in one transaction and wakes the relay.</summary>
    public async Task Commit(IReadOnlyList<(string Id, string Key, string Envelope)> messages, NpgsqlConnection? own = null)
    {
        var connection = own ?? await Database.OpenConnectionAsync();
        try
        {
            await using var transaction = await connection.BeginTransactionAsync();
            foreach (var part in messages.Chunk(5_000))
            {
                await using var command = new NpgsqlCommand(EventWriter.AppendSql, connection, transaction);
                EventWriter.Fill(command.Parameters, [.. part.Select(m => new PendingEvent(EventId.Parse(m.Id), Stream, Topic, m.Key, m.Envelope, "00-8fed0299771dfd9a2cfbdb853f3b4c9c-705c7860baf54a87-01"))]);
                await command.ExecuteNonQueryAsync();
            }

            await transaction.CommitAsync();
            Signal.Wake();
        }
        finally
        {
            if (own is null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Waits until nothing waits in the outbox. The events that were committed last are watched first: to ask for anything that waits goes through
    /// all the entries that were just marked, again and again, and would slow down what is measured.
    /// </summary>
    public async Task Drained(IEnumerable<string> last)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var waiting = new NpgsqlCommand("select exists (select from outbox.outbox where id = any($1) and not processed)", connection) { Parameters = { Array(last, NpgsqlDbType.Text) } };
        await using var anything = new NpgsqlCommand("select exists (select from outbox.outbox_queue)", connection);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await waiting.ExecuteScalarAsync() is true || await anything.ExecuteScalarAsync() is true)
        {
            await pace.WaitForNextTickAsync();
        }
    }

    public async Task Execute(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await Database.DisposeAsync();
        await nats!.DisposeAsync();
        await postgres!.DisposeAsync();
        data!.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task Open()
    {
        data = DataFolder.Take(folder.FullName);
        var credentials = Credentials.Of(data);
        postgres = await EmbeddedPostgres.Start(data, credentials, NullLogger.Instance, default);
        nats = await EmbeddedNats.Start(data, credentials, NullLogger.Instance, default);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(new CitySettings { DataFolder = folder.FullName, PublicUrl = new("http://127.0.0.1"), Listen = new("http://127.0.0.1"), InternalListen = new("http://127.0.0.1") });
        builder.Services.AddSingleton(new NatsAddress { Url = nats.Url });
        builder.Services.AddMetrics();
        builder.Services.AddCity();
        builder.Services.AddRelay();
        // Only the way to the streams is measured here, without the services' own background work.
        foreach (var other in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Namespace?.StartsWith("Daarion.Core", StringComparison.Ordinal) == true).ToList())
        {
            builder.Services.Remove(other);
        }

        host = builder.Build();
        host.Services.GetRequiredService<CityDatabase>().ConnectionString = postgres.ConnectionString;
        await host.Services.GetRequiredService<Migrator>().Migrate(default);
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxAutoPrepare = 16, AutoPrepareMinUsages = 1 });
        await host.StartAsync();
        var relay = host.Services.GetRequiredService<OutboxRelay>();
        var started = Stopwatch.GetTimestamp();
        while (!relay.IsFlowing)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException("The relay does not flow.");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>A parameter that is an array.</summary>
    public static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType element) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | element };
}
