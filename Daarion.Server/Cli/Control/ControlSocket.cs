using System.Net.Sockets;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli.Control;

/// <summary>
/// Takes the commands of the machine's operator into the running server: one request and one answer a connection, each a line of JSON. Whoever
/// may open the socket owns the data folder, with all that is in it; that is the authority behind a command.
/// </summary>
internal sealed class ControlSocket(CitySettings settings, IServiceProvider services, ILogger<ControlSocket> log) : BackgroundService
{
    private const int MaxRequestBytes = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var file = ControlPath.File(settings.DataFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(file);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(ControlPath.Address(settings.DataFolder));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(backlog: 16);
        try
        {
            while (true)
            {
                _ = Serve(await listener.AcceptAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            File.Delete(file);
        }
    }

    private async Task Serve(Socket connection, CancellationToken stopping)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(Limit);
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var answer = await Answer(await ReadLine(stream, limit.Token), limit.Token);
            await JsonSerializer.SerializeAsync(stream, answer, CityJson.Options, limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            log.LogDebug(e, "A connection to the control socket broke");
        }
    }

    private async Task<ControlAnswer> Answer(byte[] line, CancellationToken ct)
    {
        try
        {
            var request = JsonSerializer.Deserialize<ControlRequest>(line, CityJson.Options);
            return request is not null && services.GetKeyedService<ICityCommand>(request.Command) is { } command
                ? new ControlAnswer(await command.Run(request.Arguments, ct), null)
                : new ControlAnswer(null, "The running city does not know this command: it is of another version.");
        }
        catch (Exception e) when (e is CityException or JsonException)
        {
            return new ControlAnswer(null, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "A command on the control socket failed");
            return new ControlAnswer(null, "The command failed inside the running city; its log says why.");
        }
    }

    private static async Task<byte[]> ReadLine(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxRequestBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0)
            {
                break;
            }

            length += read;
            if (buffer[length - 1] == '\n')
            {
                return buffer[..(length - 1)];
            }
        }

        throw new IOException("The request is not one line.");
    }
}
