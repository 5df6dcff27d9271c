using System.Net.Sockets;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Server.Embedded;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli.Control;

/// <summary>The city that a command is for: the running one where there is one, else the one in the data folder, woken for the command's duration.</summary>
internal sealed class City(CitySettings settings, bool migrate = true)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a command and reads its answer.</summary>
    /// <exception cref="StartException">The city is there but does not answer.</exception>
    /// <exception cref="CityException">The command was refused.</exception>
    public async Task<TAnswer> Run<TAnswer>(string command, object arguments, CancellationToken ct)
    {
        var given = JsonSerializer.SerializeToElement(arguments, CityJson.Options);
        var answer = await InRunning(command, given, ct) ?? await Beside(command, given, ct);
        return answer.Deserialize<TAnswer>(Reader)!;
    }

    /// <summary>True when a server answers for this data folder.</summary>
    public static bool IsRunning(CitySettings settings) => Connect(settings) is { } socket && Close(socket);

    /// <summary>Makes the host of a command quiet: its output is the command's, and what goes wrong goes to standard error.</summary>
    public static void Quiet(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    }

    private static JsonSerializerOptions Reader => Core.Events.EventJson.Options;

    // A server that holds the folder but has no socket yet is starting, or is another command: both pass.
    private async Task<JsonElement?> InRunning(string command, JsonElement arguments, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var pace = new PeriodicTimer(Pause);
        try
        {
            do
            {
                if (Connect(settings) is { } socket)
                {
                    return await Ask(socket, command, arguments, limit.Token);
                }
            }
            while (DataFolder.IsTaken(settings.DataFolder) && await pace.WaitForNextTickAsync(limit.Token));

            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new StartException(ExitCode.Failed, $"A daarion has {settings.DataFolder} but does not answer: look at its log, or stop it.");
        }
    }

    private async Task<JsonElement> Beside(string name, JsonElement arguments, CancellationToken ct)
    {
        await using var app = CityHost.Build(settings, Quiet);
        await app.Services.GetRequiredService<CityStartup>().StartDatabaseOnly(ct, migrate);
        return await app.Services.GetRequiredKeyedService<ICityCommand>(name).Run(arguments, ct);
    }

    private static Socket? Connect(CitySettings settings)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(ControlPath.Address(settings.DataFolder));
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            socket.Dispose();
            throw new StartException(ExitCode.Failed, $"The running city's data folder {settings.DataFolder} belongs to another user: run the command as that user.", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static bool Close(Socket socket)
    {
        socket.Dispose();
        return true;
    }

    private static async Task<JsonElement> Ask(Socket socket, string command, JsonElement arguments, CancellationToken ct)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(new ControlRequest(command, arguments), CityJson.Options), (byte)'\n'], ct);
        var answer = await JsonSerializer.DeserializeAsync<ControlAnswer>(stream, Reader, ct);
        return answer?.Answer ?? throw new StartException(ExitCode.Failed, answer?.Failure ?? "The running city gave no answer.");
    }
}
