using System.CommandLine;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli;

/// <summary><c>daarion up</c>: runs the whole city in the foreground until it is told to stop.</summary>
internal sealed class UpCommand : Command
{
    public UpCommand()
        : base("up", "Runs the whole city in the foreground.") => SetAction((parsed, ct) => Up(SettingOptions.Settings(parsed), ct));

    private static async Task<int> Up(CitySettings settings, CancellationToken ct)
    {
        await using var app = CityHost.Build(settings);
        try
        {
            await app.StartAsync(ct);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }

        await Console.Out.WriteLineAsync($"Daarion is ready: {settings.PublicUrl}".AsMemory(), ct);
        await app.WaitForShutdownAsync(ct);
        return ExitCode.Ok;
    }
}
