using System.Globalization;
using Daarion.Server.Settings;
using Npgsql;

namespace Daarion.Server.Embedded;

/// <summary>PostgreSQL as a child of this server: makes its files at the first start, keeps it running, says how to reach it.</summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string Database = "daarion";
    private const int LongestSocketFolder = 80;
    private readonly SupervisedChild child;

    private EmbeddedPostgres(SupervisedChild child, string connectionString) => (this.child, ConnectionString) = (child, connectionString);

    /// <summary>How to reach it. Holds the password.</summary>
    public string ConnectionString { get; }

    /// <summary>The process that runs now.</summary>
    public int ProcessId => child.ProcessId;

    /// <summary>Starts it.</summary>
    /// <exception cref="StartException">It is not installed, or of another version than its files.</exception>
    public static async Task<EmbeddedPostgres> Start(DataFolder data, Credentials credentials, ILogger log, CancellationToken ct)
    {
        var user = UnprivilegedUser.ForChildren();
        var folder = Path.Combine(data.Path, "postgres");
        var binary = Binaries.Postgres(VersionOf(folder));
        if (VersionOf(folder) is null)
        {
            await NewCluster.Make(data, folder, binary, credentials, user, log, ct);
        }

        var server = new SupervisedChild(new PostgresKind(folder, binary, user, log), user, log);
        await server.Start(ct);
        var postgres = new EmbeddedPostgres(server, Reach(folder, credentials));
        await postgres.EnsureDatabase(ct);
        return postgres;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => child.DisposeAsync();

    private static int? VersionOf(string folder) =>
        Path.Combine(folder, "PG_VERSION") is var file && File.Exists(file) ? int.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture) : null;

    private static string Reach(string folder, Credentials credentials) => new NpgsqlConnectionStringBuilder
    {
        Host = folder.Length <= LongestSocketFolder ? folder : Native.ShortWayTo(folder),
        Username = Credentials.User,
        Password = credentials.Postgres,
        Database = Database,
    }.ConnectionString;

    private async Task EnsureDatabase(CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false });
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection) { Parameters = { new() { Value = Database } } };
        if (await exists.ExecuteScalarAsync(ct) is false)
        {
            await using var create = new NpgsqlCommand($"create database {Database}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
    }
}
