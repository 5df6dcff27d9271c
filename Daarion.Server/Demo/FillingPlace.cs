using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Npgsql;

namespace Daarion.Server.Demo;

/// <summary>
/// The one place to fill the city from, for all servers that share its database: two at once would change the platform's secret under each other.
/// It is an advisory lock of a live connection, so a server that dies leaves it free.
/// </summary>
internal sealed class FillingPlace : IAsyncDisposable
{
    private const string Name = "hashtextextended('embassy.demo', 0)";
    private readonly NpgsqlConnection connection;

    private FillingPlace(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Takes the place.</summary>
    /// <exception cref="CityException">Another server has it.</exception>
    public static async Task<FillingPlace> Take(CityDatabase database, CancellationToken ct)
    {
        var own = await database.Of(ServiceName.Embassies).OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({Name})", own);
        if (await command.ExecuteScalarAsync(ct) is true)
        {
            return new FillingPlace(own);
        }

        await own.DisposeAsync();
        throw CityException.Conflict("Another server of this city fills it now; look again when it is done.", "demo_running");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand($"select pg_advisory_unlock({Name})", connection);
            await command.ExecuteScalarAsync();
        }
        catch (NpgsqlException)
        {
            // A connection that broke has let go of it already.
        }

        await connection.DisposeAsync();
    }
}
