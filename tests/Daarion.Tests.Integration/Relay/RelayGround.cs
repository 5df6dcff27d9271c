using Daarion.Core.Data;
using Daarion.Server.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Daarion.Tests.Integration.Relay;

/// <summary>A PostgreSQL for all tests of the relay; each gets a database and a NATS of its own, because it breaks them.</summary>
public sealed class RelayGround : IAsyncLifetime
{
    private const string Template = "city_template";
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("daarion-relay-");
    private DataFolder? folder;
    private EmbeddedPostgres? postgres;
    private int databases;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        folder = DataFolder.Take(data.FullName);
        postgres = await EmbeddedPostgres.Start(folder, Credentials.Of(folder), NullLogger.Instance, default);
        await Execute($"create database {Template}");
        await using var city = new CityDatabase { ConnectionString = Address(Template) };
        await new Migrator(city, NullLogger<Migrator>.Instance).Migrate(default);
        NpgsqlConnection.ClearAllPools();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await postgres!.DisposeAsync();
        folder!.Dispose();
        data.Delete(recursive: true);
    }

    /// <summary>A city's place: a migrated database and a NATS.</summary>
    internal async Task<RelayWorld> NewWorld()
    {
        var name = $"city_{Interlocked.Increment(ref databases)}";
        await Execute($"create database {name} template {Template}");
        var nats = new NatsProcess();
        await nats.Start();
        return new RelayWorld(Address(name), nats);
    }

    private string Address(string database) => new NpgsqlConnectionStringBuilder(postgres!.ConnectionString) { Database = database }.ConnectionString;

    private async Task Execute(string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Address("postgres")) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>The collection of the relay's tests.</summary>
[CollectionDefinition(Name)]
public sealed class RelayCollection : ICollectionFixture<RelayGround>
{
    /// <summary>For <c>[Collection(RelayCollection.Name)]</c>.</summary>
    public const string Name = "relay";
}
