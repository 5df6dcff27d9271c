using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Core.Data;

/// <summary>
/// Applies the plain-SQL migrations embedded in this assembly, in the order of their services and numbers, each in a transaction, under an
/// advisory lock that makes a second process wait. A migration is never edited after it landed; its hash is not its identity, its name is.
/// </summary>
public sealed class Migrator(CityDatabase database, ILogger<Migrator> log)
{
    private const long AdvisoryLock = 0x6461_6172_696f_6e01;

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="InvalidOperationException">A migration failed; nothing of it stays.</exception>
    public async Task Migrate(CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(ct);
        await Execute(connection, $"select pg_advisory_lock({AdvisoryLock})", ct);
        try
        {
            await Execute(connection, "create schema if not exists migrations", ct);
            var result = Upgrade();
            if (!result.Successful)
            {
                throw new InvalidOperationException($"The migration {result.ErrorScript?.Name} failed; nothing of it stays.", result.Error);
            }
        }
        finally
        {
            await Execute(connection, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    /// <summary>Names of the migrations that are not applied yet.</summary>
    public IReadOnlyList<string> Missing() => [.. Engine().GetScriptsToExecute().Select(script => script.Name)];

    private DatabaseUpgradeResult Upgrade() => Engine().PerformUpgrade();

    private UpgradeEngine Engine() =>
        DeployChanges.To
            .PostgresqlDatabase(database.ConnectionString)
            .WithScripts(Scripts())
            .WithTransactionPerScript()
            .JournalToPostgresqlTable("migrations", "applied")
            .WithVariablesDisabled()
            .LogTo(new Log(log))
            .Build();

    // The outbox comes first: every service's functions call it.
    private static IEnumerable<SqlScript> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => (Resource: name, Name: name["Daarion.Core.".Length..].Replace(".Migrations.", "/", StringComparison.Ordinal)))
            .OrderBy(script => !script.Name.StartsWith("Outbox/", StringComparison.Ordinal))
            .ThenBy(script => script.Name, StringComparer.Ordinal)
            .Select(script => SqlScript.FromStream(script.Name, assembly.GetManifestResourceStream(script.Resource)!));
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed class Log(ILogger log) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) => log.LogTrace(format, args);

        public void LogDebug(string format, params object[] args) => log.LogDebug(format, args);

        public void LogInformation(string format, params object[] args) => log.LogDebug(format, args);

        public void LogWarning(string format, params object[] args) => log.LogWarning(format, args);

        public void LogError(string format, params object[] args) => log.LogError(format, args);

        public void LogError(Exception ex, string format, params object[] args) => log.LogError(ex, format, args);
    }
}
