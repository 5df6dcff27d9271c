using Daarion.Core.Data;

namespace Daarion.Server.Observability.Health;

/// <summary>The database answers.</summary>
internal sealed class DatabaseCheck(CityDatabase database) : IReadinessCheck
{
    public const string Pool = "health";

    public string Name => "database";

    public async Task<string> Check(CancellationToken ct)
    {
        try
        {
            await using var command = database.Of(Pool).CreateCommand("show server_version");
            return $"PostgreSQL {await command.ExecuteScalarAsync(ct)}";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new NotReadyException("The database does not answer.", e);
        }
    }
}

/// <summary>Every migration that this version brings is applied.</summary>
internal sealed class MigrationsCheck(Migrator migrator) : IReadinessCheck
{
    private volatile bool complete;

    public string Name => "migrations";

    public Task<string> Check(CancellationToken ct)
    {
        // Migrations are only ever added with a new version of the program, so once complete is complete.
        if (complete)
        {
            return Task.FromResult("All are applied.");
        }

        IReadOnlyList<string> missing;
        try
        {
            missing = migrator.Missing();
        }
        catch (Exception e)
        {
            throw new NotReadyException("The list of applied migrations cannot be read.", e);
        }

        complete = missing.Count == 0;
        return complete ? Task.FromResult("All are applied.") : throw new NotReadyException($"Not applied yet: {string.Join(", ", missing)}.");
    }
}
