using System.CommandLine;
using System.Text;
using Daarion.Server.Cli.Control;
using Daarion.Server.Cli.Doctor;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli;

/// <summary><c>daarion doctor</c>: looks at the machine and the city, and says what to do.</summary>
internal sealed class DoctorCommand : Command
{
    public DoctorCommand()
        : base("doctor", "Checks dependencies, versions, disk, clocks, migrations and streams, and says what to do.") => SetAction(Look);

    private static async Task<int> Look(ParseResult parsed, CancellationToken ct)
    {
        var settings = SettingOptions.Settings(parsed);
        var checks = MachineChecks.All(settings).ToList();
        checks.AddRange(await LookAtCity(settings, checks, ct));
        var findings = new Findings(checks.TrueForAll(check => check.Verdict != Verdict.Error), checks);
        Output.Print(parsed, findings, Text(findings));
        return findings.Ok ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<IReadOnlyList<Finding>> LookAtCity(CitySettings settings, List<Finding> machine, CancellationToken ct)
    {
        var running = City.IsRunning(settings);
        var state = Finding.Good("city", running ? $"running at {settings.PublicUrl}" : "not running");
        var hasDatabase = settings.Postgres is not null || Directory.Exists(Path.Combine(settings.DataFolder, "postgres"));
        if (!running && (!hasDatabase || machine.Exists(check => check.Verdict == Verdict.Error)))
        {
            return [state];
        }

        try
        {
            return [state, .. await new City(settings, migrate: false).Run<IReadOnlyList<Finding>>(InspectCommand.CommandName, new NoArguments(), ct)];
        }
        catch (StartException e)
        {
            return [state, Finding.Bad("inside", "cannot be looked at", e.Message)];
        }
    }

    private static string Text(Findings findings)
    {
        var text = new StringBuilder();
        foreach (var check in findings.Checks)
        {
            var mark = check.Verdict switch { Verdict.Ok => "ok     ", Verdict.Warning => "warning", _ => "ERROR  " };
            text.Append(mark).Append("  ").Append(check.Name.PadRight(12)).Append("  ").Append(check.Detail).AppendLine();
            if (check.Advice is not null)
            {
                text.Append("         ").Append(' ', 12).Append("  -> ").AppendLine(check.Advice);
            }
        }

        return text.Append(findings.Ok ? "The city can run." : "Something must be done first.").ToString();
    }
}
