using System.Collections.Concurrent;
using Npgsql;

namespace Daarion.Core.Data;

/// <summary>
/// Where the city's database is. Known only once the embedded PostgreSQL runs (or the outside one answered), so it is set by the host
/// before anything asks. Each service has a pool of its own: one that exhausts its connections leaves the others' alone.
/// </summary>
public sealed class CityDatabase : IAsyncDisposable
{
    /// <summary>Connections of one service's pool.</summary>
    public const int PoolSize = 12;

    private readonly ConcurrentDictionary<string, NpgsqlDataSource> sources = new(StringComparer.Ordinal);
    private string? connectionString;

    /// <summary>The connection string.</summary>
    /// <exception cref="InvalidOperationException">It was not set yet.</exception>
    public string ConnectionString
    {
        get => connectionString ?? throw new InvalidOperationException("The database's address is not known yet");
        set => connectionString = value;
    }

    /// <summary>The pool of a service.</summary>
    public NpgsqlDataSource Of(string service) => sources.GetOrAdd(service, Build);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values)
        {
            await source.DisposeAsync();
        }
    }

    private NpgsqlDataSource Build(string service)
    {
        var builder = new NpgsqlDataSourceBuilder(ConnectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName = $"daarion-{service}";
        settings.MaxPoolSize = PoolSize;
        settings.MinPoolSize = 0;
        settings.ConnectionIdleLifetime = 30;
        settings.ConnectionPruningInterval = 10;
        settings.MaxAutoPrepare = 64;
        settings.AutoPrepareMinUsages = 2;
        settings.IncludeErrorDetail = false;
        settings.CommandTimeout = 30;
        return builder.Build();
    }
}
