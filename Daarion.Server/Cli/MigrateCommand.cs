using System.CommandLine;
using Daarion.Server.Embedded;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli;

/// <summary><c>daarion migrate</c>: brings the database up to date and ends.</summary>
internal sealed class MigrateCommand : Command
{
    public MigrateCommand()
        : base("migrate", "Applies the database migrations and ends.") => SetAction((parsed, ct) => Migrate(SettingOptions.Settings(parsed), ct));

    private static async Task<int> Migrate(CitySettings settings, CancellationToken ct)
    {
        await using var app = CityHost.Build(settings);
        await app.Services.GetRequiredService<CityStartup>().StartDatabaseOnly(ct);
        await Console.Out.WriteLineAsync("The database is up to date.".AsMemory(), ct);
        return ExitCode.Ok;
    }
}
