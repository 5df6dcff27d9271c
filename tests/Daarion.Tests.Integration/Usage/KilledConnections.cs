using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Usage;

/// <summary>Ends connections of a service on which statements are on their way, of all replicas on the city's database, at every beat until it is stopped.</summary>
internal sealed class KilledConnections : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(40);
    private readonly CancellationTokenSource over = new();
    private readonly Task<int> killing;

    private KilledConnections(CityFixture city, string service) => killing = Kill(city, service);

    public static KilledConnections Of(CityFixture city, string service) => new(city, service);

    /// <summary>Kills no more; answers how many were killed.</summary>
    public async Task<int> Stop()
    {
        await over.CancelAsync();
        return await killing;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        over.Dispose();
    }

    private async Task<int> Kill(CityFixture city, string service)
    {
        var killed = 0;
        await using var connection = await city.OpenDatabase();
        using var pace = new PeriodicTimer(Beat);
        try
        {
            while (await pace.WaitForNextTickAsync(over.Token))
            {
                await using var kill = new NpgsqlCommand(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = $1 and state = 'active' and datname = current_database()", connection);
                kill.Parameters.Add(new() { Value = $"daarion-{service}" });
                killed += (int)(long)(await kill.ExecuteScalarAsync())!;
            }
        }
        catch (OperationCanceledException)
        {
            // It was stopped.
        }

        return killed;
    }
}
