using System.CommandLine;
using System.Text;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Observability;
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

        await Console.Out.WriteLineAsync(Greeting(settings, await FirstOperator(app.Services, settings, ct)).AsMemory(), ct);
        await Stopped(app, ct);
        return ExitCode.Ok;
    }

    // A service that does not stop in its time is left behind: what it held is in the database, and the children still stop cleanly.
    private static async Task Stopped(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.WaitForShutdownAsync(ct);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            app.Logger.LogWarning(e, "Not everything stopped in its time");
        }
    }

    private static Task<SetupPrepared> FirstOperator(IServiceProvider services, CitySettings settings, CancellationToken ct) =>
        services.GetRequiredService<IOperatorService>().PrepareSetup(Caller.ForService(ServiceName.Auth, "cli:up"), new PrepareSetup(settings.AdminEmail), ct);

    private static string Greeting(CitySettings settings, SetupPrepared prepared)
    {
        if (string.Equals(settings.LogFormat, ObservabilityRegistration.Json, StringComparison.Ordinal))
        {
            return JsonSerializer.Serialize(
                new
                {
                    Ready = true,
                    Console = settings.PublicUrl,
                    Internal = settings.InternalListen,
                    Data = settings.DataFolder,
                    SetUp = prepared.SetupToken is { } link ? new Uri(settings.PublicUrl, $"/setup?token={link}") : null,
                    Operator = prepared.Operator?.Email,
                },
                CityJson.Options);
        }

        var text = new StringBuilder("Daarion is ready.\n");
        text.Append("  Console    ").Append(settings.PublicUrl).Append('\n');
        text.Append("  Internal   ").Append(settings.InternalListen).Append('\n');
        text.Append("  Data       ").Append(settings.DataFolder).Append('\n');
        if (prepared.SetupToken is { } token)
        {
            text.Append("  Set it up  ").Append(new Uri(settings.PublicUrl, $"/setup?token={token}")).Append("  (works once, makes you the first operator)\n");
        }

        if (prepared.Operator is { } first)
        {
            text.Append("  Operator   ").Append(first.Email).Append(" (sign in with this address)\n");
        }

        return text.Append("Ctrl C stops it.").ToString();
    }
}
