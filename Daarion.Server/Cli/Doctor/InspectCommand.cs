using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Server.Cli.Control;
using Daarion.Server.Embedded;
using Daarion.Server.Settings;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace Daarion.Server.Cli.Doctor;

/// <summary>Nothing to say beside the command.</summary>
internal sealed record NoArguments;

/// <summary>Looks at the city from inside: database, migrations, clocks, streams.</summary>
internal sealed class InspectCommand(CityDatabase database, Migrator migrator, EventCatalogue catalogue, NatsAddress nats, CitySettings settings, TimeProvider clock)
    : CityCommand<NoArguments, IReadOnlyList<Finding>>
{
    public const string CommandName = "inspect";
    private static readonly TimeSpan LargestClockDifference = TimeSpan.FromSeconds(5);

    protected override async Task<IReadOnlyList<Finding>> Run(NoArguments arguments, CancellationToken ct) =>
        [.. await LookAtDatabase(ct), await LookAtStreams(ct)];

    private async Task<IReadOnlyList<Finding>> LookAtDatabase(CancellationToken ct)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false });
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand("select clock_timestamp(), pg_database_size(current_database())", connection);
            await using var row = await command.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            var difference = (clock.GetUtcNow() - await row.GetFieldValueAsync<DateTimeOffset>(0, ct)).Duration();
            var missing = migrator.Missing();
            return
            [
                Finding.Good("database", $"PostgreSQL {connection.PostgreSqlVersion}, {row.GetInt64(1) / 1024 / 1024} MiB"),
                difference <= LargestClockDifference
                    ? Finding.Good("clocks", "server and database agree")
                    : Finding.Bad("clocks", $"server and database are {difference.TotalSeconds:0} s apart", "run a time service on both machines"),
                missing.Count == 0
                    ? Finding.Good("migrations", "all are applied")
                    : Finding.Bad("migrations", $"{missing.Count} are not applied", "./daarion migrate (./daarion up does it too)"),
            ];
        }
        catch (NpgsqlException e)
        {
            return [Finding.Bad("database", e.Message, settings.Postgres is null ? "look at the server's log" : "check DAARION_POSTGRES")];
        }
    }

    private async Task<Finding> LookAtStreams(CancellationToken ct)
    {
        if (!nats.IsKnown)
        {
            return Finding.Good("streams", "can be seen while the city runs (./daarion up)");
        }

        try
        {
            await using var connection = new NatsConnection(new NatsOpts { Url = nats.Url });
            var present = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var name in new NatsJSContext(connection).ListStreamNamesAsync(cancellationToken: ct))
            {
                present.Add(name);
            }

            var absent = catalogue.Streams.Select(stream => stream.Name).Where(name => !present.Contains(name)).ToList();
            return absent.Count == 0
                ? Finding.Good("streams", $"{present.Count} on NATS {connection.ServerInfo?.Version}")
                : Finding.Bad("streams", $"{string.Join(", ", absent)} is missing", "start the city again: streams are made at start");
        }
        catch (Exception e) when (e is NatsException or NatsJSException)
        {
            return Finding.Bad("streams", e.Message, settings.Nats is null ? "look at the server's log" : "check DAARION_NATS");
        }
    }
}
