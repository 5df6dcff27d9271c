using System.Globalization;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server;
using Daarion.Server.Relay;
using Daarion.Server.Settings;
using Daarion.Testing;
using Daarion.Tests.Integration.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Tests.Integration.Relay;

/// <summary>An event that a test commits: the <paramref name="Number"/>th of its key.</summary>
internal sealed record Happening(string Key, int Number, int Size = 0)
{
    public string Id { get; } = EventId.New(TimeProvider.System.GetUtcNow()).Value;
}

/// <summary>A message as it is on a stream.</summary>
internal sealed record OnStream(long Sequence, string Id, string Key, int Number);

/// <summary>One database and one NATS with the cities that share them.</summary>
internal sealed class RelayWorld(string postgres, NatsProcess nats) : IAsyncDisposable
{
    /// <summary>The stream of <see cref="Append(Happening[])"/>.</summary>
    public const string Wallet = "STREAM_WALLET";

    /// <summary>The stream of <see cref="AppendAudit"/>.</summary>
    public const string Audit = "STREAM_AUDIT";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(postgres);
    private readonly List<WebApplication> cities = [];
    private readonly List<CityReplica> replicas = [];

    public NatsProcess Nats => nats;

    /// <summary>Warnings of the cities.</summary>
    public CapturedLog Log { get; } = new();

    /// <summary>A city in this process.</summary>
    public async Task<IServiceProvider> StartCity()
    {
        var settings = new CitySettings
        {
            DataFolder = Directory.CreateTempSubdirectory("daarion-world-").FullName,
            PublicUrl = new Uri("http://127.0.0.1:8080"),
            Listen = LoopbackPort.FreeAddress(),
            InternalListen = LoopbackPort.FreeAddress(),
            Postgres = postgres,
            Nats = nats.Url,
        };
        var city = CityHost.Build(settings, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(Log);
            builder.Services.AddSingleton(new RetryPace(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)));
        });
        cities.Add(city);
        await city.StartAsync();
        return city.Services;
    }

    /// <summary>Stops a city that was started here.</summary>
    public async Task StopCity(IServiceProvider services)
    {
        var city = cities.Single(started => started.Services == services);
        cities.Remove(city);
        await city.StopAsync();
        await city.DisposeAsync();
    }

    /// <summary>A city in a process of its own.</summary>
    public CityReplica StartReplica()
    {
        var replica = new CityReplica(postgres, nats.Url);
        replicas.Add(replica);
        return replica;
    }

    /// <summary>An operator of a city.</summary>
    public static async Task<Caller> Operator(IServiceProvider city)
    {
        var made = await city.GetRequiredService<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator($"op-{Guid.NewGuid():N}@example.org"), default);
        return Caller.ForUser(made.UserId, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_test", null, "tests"));
    }

    /// <summary>Commits events in one transaction.</summary>
    public async Task Append(params Happening[] events)
    {
        await using var connection = await source.OpenConnectionAsync();
        await Append(connection, events);
    }

    /// <summary>Writes events in the transaction of a connection.</summary>
    public static Task Append(NpgsqlConnection connection, params Happening[] events) => Append(
        connection,
        Wallet,
        "wallet.tx.sent",
        events,
        e => JsonSerializer.Serialize(new { key = e.Key, number = e.Number, padding = new string('x', e.Size) }));

    /// <summary>Commits audit records, to which a reaction of the city belongs; the key is the record's target.</summary>
    public async Task AppendAudit(params Happening[] events)
    {
        await using var connection = await source.OpenConnectionAsync();
        await Append(
            connection,
            Audit,
            "audit.event",
            events,
            e => JsonSerializer.Serialize(new { action = "test.done", target_kind = "thing", target_id = e.Key, team_id = (string?)null, decision_id = (string?)null, details = new Dictionary<string, string>(StringComparer.Ordinal) }));
    }

    /// <summary>Asks the database.</summary>
    public async Task<T> Ask<T>(string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Changes something in the database.</summary>
    public async Task Execute(string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A connection of the test's own.</summary>
    public Task<NpgsqlConnection> Open() => source.OpenConnectionAsync().AsTask();

    /// <summary>Events of the test's stream that were acknowledged.</summary>
    public Task<long> Processed(string stream = Wallet) => Ask<long>($"select count(*) from outbox.outbox_processed where stream = '{stream}'");

    /// <summary>Waits until nothing waits any more.</summary>
    public Task UntilDrained() => Eventually.True(
        async () => await Ask<long>("select count(*) from outbox.outbox_queue") == 0, () => $"nothing waits any more\n{Log}", Patience);

    /// <summary>Waits until the audit log has so many records of the tests.</summary>
    public Task UntilAudited(long count) =>
        Eventually.Equal(count, () => Ask<long>("select count(*) from telemetry.audit_records where action = 'test.done'"), Patience);

    /// <summary>Relays that own lanes.</summary>
    public Task<long> Relays() => Ask<long>(
        "select count(distinct pid) from pg_locks where locktype = 'advisory' and classid = 1869968482 and objid < 16 and granted and database = (select oid from pg_database where datname = current_database())");

    /// <summary>All messages of a stream, in order.</summary>
    public async Task<IReadOnlyList<OnStream>> Messages(string stream = Wallet)
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = nats.Url });
        var streams = new NatsJSContext(connection);
        var state = (await streams.GetStreamAsync(stream)).Info.State;
        var messages = new List<OnStream>();
        if (state.Messages == 0)
        {
            return messages;
        }

        var consumer = await streams.CreateOrderedConsumerAsync(stream, new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.All });
        await foreach (var message in consumer.ConsumeAsync<byte[]>())
        {
            var payload = JsonSerializer.Deserialize<JsonElement>(message.Data).GetProperty("payload");
            messages.Add(new(
                (long)message.Metadata!.Value.Sequence.Stream,
                message.Headers!["ce-id"].ToString(),
                Uri.UnescapeDataString(message.Headers["ce-subject"].ToString()),
                payload.TryGetProperty("number", out var number) ? number.GetInt32() : 0));
            if (message.Metadata.Value.NumPending == 0)
            {
                break;
            }
        }

        return messages;
    }

    /// <summary>JetStream, to meddle with it.</summary>
    public async Task Meddle(Func<NatsJSContext, Task> meddle)
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = nats.Url });
        await meddle(new NatsJSContext(connection));
    }

    /// <summary>What every test of the relay holds in the end: each event once, those of a key in the order of their commits.</summary>
    public static void AssertOnceAndInOrder(IEnumerable<Happening> committed, IReadOnlyList<OnStream> messages)
    {
        Assert.Equal(committed.Select(e => e.Id).Order(StringComparer.Ordinal), messages.Select(e => e.Id).Order(StringComparer.Ordinal));
        foreach (var key in messages.GroupBy(e => e.Key, StringComparer.Ordinal))
        {
            Assert.Equal(key.Select(e => e.Number).Order(), key.Select(e => e.Number));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        foreach (var city in cities)
        {
            await city.StopAsync();
            await city.DisposeAsync();
        }

        await source.DisposeAsync();
        await nats.DisposeAsync();
    }

    private static async Task Append(NpgsqlConnection connection, string stream, string type, Happening[] events, Func<Happening, string> payload)
    {
        await using var command = new NpgsqlCommand("select outbox.append($1, $2, $3, $4, $5, $6)", connection);
        var domain = type[..type.IndexOf('.', StringComparison.Ordinal)];
        command.Parameters.Add(Texts(events.Select(e => e.Id)));
        command.Parameters.Add(Texts(events.Select(_ => stream)));
        command.Parameters.Add(Texts(events.Select(_ => type)));
        command.Parameters.Add(Texts(events.Select(e => e.Key)));
        command.Parameters.Add(new()
        {
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json,
            Value = events.Select(e => string.Create(CultureInfo.InvariantCulture, $$"""
                {"event_id":"{{e.Id}}","ts":"2026-11-14T12:00:00.000Z","domain":"{{domain}}","type":"{{type}}","version":1,"actor":{"id":"service:wallet","kind":"service"},
                 "payload":{{payload(e)}},"meta":{"team_id":null,"trace_id":null,"span_id":null,"causation_id":null,"sequence_key":"{{e.Key}}"} }
                """)).ToArray(),
        });
        command.Parameters.Add(Texts(events.Select(_ => (string?)null)));
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
