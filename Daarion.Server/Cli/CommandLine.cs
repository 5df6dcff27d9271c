using System.CommandLine;
using System.Net.Sockets;
using Daarion.Server.Settings;
using Microsoft.AspNetCore.Connections;

namespace Daarion.Server.Cli;

/// <summary>All commands of the binary, and the one place where a failure becomes a line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments name.</summary>
    public static async Task<int> Run(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync("daarion --help lists the commands; daarion COMMAND --help explains one.");
            return ExitCode.Usage;
        }

        try
        {
            // The host has its own way to stop within its own time; the parser's would end the process after two seconds.
            var ownTermination = parsed.CommandResult.Command is UpCommand;
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = ownTermination ? null : TimeSpan.FromSeconds(2),
            });
        }
        catch (Exception e) when (Sentence(e) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Text);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Daarion: a city's services in one process.") { new UpCommand(), new DemoCommand(), new AdminCommand(), new MigrateCommand(), new DoctorCommand() };
        SettingOptions.AddTo(root);
        return root;
    }

    private static (string Text, int ExitCode)? Sentence(Exception e) => e switch
    {
        StartException start => (start.Message, start.Code),
        Core.Kernel.CityException city => (city.Message, ExitCode.Failed),
        Demo.DemoFailedException demo => ($"{demo.Message} What is there stays; run the command again to go on.", ExitCode.Failed),
        IOException { InnerException: AddressInUseException } => ($"{e.Message} Stop what listens there, or set DAARION_LISTEN and DAARION_INTERNAL_LISTEN.", ExitCode.Failed),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AccessDenied or SocketError.HostNotFound } =>
            ($"DAARION_LISTEN or DAARION_INTERNAL_LISTEN names an address that this machine cannot bind ({e.Message}); for example DAARION_LISTEN=127.0.0.1:8080", ExitCode.Config),
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        OperationCanceledException => null,
        _ => (e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message, ExitCode.Failed),
    };
}
