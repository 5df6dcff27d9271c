using Daarion.Core.Data;
using Daarion.Server.Settings;
using Npgsql;

namespace Daarion.Server.Embedded;

/// <summary>
/// What must stand before anything else starts, and falls after everything else has stopped: the lock of the data folder, PostgreSQL, NATS,
/// the migrations. It is the first of the hosted services and the
/// last that the container disposes of.
/// </summary>
internal sealed class CityStartup(CitySettings settings, CityDatabase database, NatsAddress nats, Migrator migrator, ILoggerFactory logs, ILogger<CityStartup> log)
    : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan OutsidePatience = TimeSpan.FromSeconds(30);
    private DataFolder? folder;
    private Credentials? credentials;
    private EmbeddedPostgres? postgres;
    private EmbeddedNats? natsServer;

    /// <summary>What of the city runs as children, by name, for the health report and the doctor.</summary>
    public IReadOnlyDictionary<string, int> Children => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["postgres"] = postgres?.ProcessId ?? 0,
        ["nats-server"] = natsServer?.ProcessId ?? 0,
    };

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        TakeFolder();
        await Task.WhenAll(StartDatabase(cancellationToken), StartNats(cancellationToken));
        await migrator.Migrate(cancellationToken);
    }

    /// <summary>Starts the database alone, for commands that need no more; answers the migrations that it lacked.</summary>
    /// <param name="ct">Cancellation.</param>
    /// <param name="migrate">Whether they are applied.</param>
    public async Task<IReadOnlyList<string>> StartDatabaseOnly(CancellationToken ct, bool migrate = true)
    {
        TakeFolder();
        await StartDatabase(ct);
        var missing = migrator.Missing();
        if (migrate)
        {
            await migrator.Migrate(ct);
        }

        return missing;
    }

    /// <summary>Nothing yet: other services' connections are still open. The children stop in <see cref="DisposeAsync"/>, after everything that was made later.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops the children. The container comes here once for each registration; there is something to stop once.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Stop(Interlocked.Exchange(ref natsServer, null)), Stop(Interlocked.Exchange(ref postgres, null)));
        Interlocked.Exchange(ref folder, null)?.Dispose();
    }

    private static Task Stop(IAsyncDisposable? child) => child?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void TakeFolder()
    {
        folder = DataFolder.Take(settings.DataFolder);
        credentials = Credentials.Of(folder);
    }

    private async Task StartDatabase(CancellationToken ct)
    {
        if (settings.Postgres is { } outside)
        {
            await ReachOutside(outside, ct);
            database.ConnectionString = outside;
            return;
        }

        postgres = await EmbeddedPostgres.Start(folder!, credentials!, logs.CreateLogger("Daarion.Embedded.Postgres"), ct);
        database.ConnectionString = postgres.ConnectionString;
    }

    private async Task StartNats(CancellationToken ct)
    {
        if (settings.Nats is { } outside)
        {
            nats.Url = outside;
            return;
        }

        natsServer = await EmbeddedNats.Start(folder!, credentials!, logs.CreateLogger("Daarion.Embedded.Nats"), ct);
        nats.Url = natsServer.Url;
    }

    private async Task ReachOutside(string connectionString, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(OutsidePatience);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (true)
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                if (connection.PostgreSqlVersion.Major < Binaries.OldestPostgres)
                {
                    throw new StartException(ExitCode.Config, $"DAARION_POSTGRES leads to PostgreSQL {connection.PostgreSqlVersion.Major}, which is too old: use {Binaries.OldestPostgres} or later.");
                }

                return;
            }
            catch (NpgsqlException e) when (e is not PostgresException { IsTransient: false } && !limit.IsCancellationRequested)
            {
                log.LogInformation("PostgreSQL does not answer yet: {Problem}", e.Message);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                throw new StartException(ExitCode.Failed, $"The PostgreSQL of DAARION_POSTGRES cannot be used: {(e as NpgsqlException)?.Message ?? "it does not answer"}.", e);
            }

            await pace.WaitForNextTickAsync(ct);
        }
    }
}
