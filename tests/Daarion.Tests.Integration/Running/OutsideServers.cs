using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace Daarion.Tests.Integration.Running;

/// <summary>
/// PostgreSQL and NATS that somebody else runs, named by <c>DAARION_TEST_POSTGRES</c> and <c>DAARION_TEST_NATS</c>: the same tests run against
/// them. Each run gets a database of its own; the streams of an earlier run are removed first. Without the variables there is nothing to do.
/// </summary>
internal sealed class OutsideServers
{
    private readonly string? server = Environment.GetEnvironmentVariable("DAARION_TEST_POSTGRES") is { Length: > 0 } text ? text : null;
    private readonly string database = $"daarion_test_{Guid.NewGuid():N}";

    /// <summary>Connection string of this run's database; null for the embedded one.</summary>
    public string? Postgres => server is null ? null : new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;

    /// <summary>Address of NATS; null for the embedded one.</summary>
    public string? Nats { get; } = Environment.GetEnvironmentVariable("DAARION_TEST_NATS") is { Length: > 0 } text ? text : null;

    /// <summary>Makes an empty city's place in them.</summary>
    public async Task Prepare()
    {
        await Execute($"create database {database}");
        if (Nats is not null)
        {
            await using var connection = new NatsConnection(new NatsOpts { Url = Nats });
            var streams = new NatsJSContext(connection);
            await foreach (var name in streams.ListStreamNamesAsync())
            {
                await streams.DeleteStreamAsync(name);
            }
        }
    }

    /// <summary>Removes this run's database.</summary>
    public Task Forget() => Execute($"drop database if exists {database} with (force)");

    private async Task Execute(string sql)
    {
        if (server is not null)
        {
            await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Pooling = false });
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }
}
