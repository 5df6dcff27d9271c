using System.CommandLine;
using Daarion.Server.Cli.Control;
using Daarion.Server.Embedded;

namespace Daarion.Server.Cli;

/// <summary><c>daarion migrate</c>: brings the database up to date and ends.</summary>
internal sealed class MigrateCommand : Command
{
    public MigrateCommand()
        : base("migrate", "Applies the database migrations and ends.") => SetAction(Migrate);

    private static async Task<int> Migrate(ParseResult parsed, CancellationToken ct)
    {
        await using var app = CityHost.Build(SettingOptions.Settings(parsed), City.Quiet);
        var applied = await app.Services.GetRequiredService<CityStartup>().StartDatabaseOnly(ct);
        return Output.Print(parsed, new Migrated(applied), applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.");
    }

    private sealed record Migrated(IReadOnlyList<string> Applied);
}
