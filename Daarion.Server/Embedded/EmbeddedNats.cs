using System.Globalization;
using System.Text.RegularExpressions;
using Daarion.Server.Settings;

namespace Daarion.Server.Embedded;

/// <summary>NATS with JetStream as a child of this server, on loopback at a port of its own choice.</summary>
internal sealed class EmbeddedNats : IAsyncDisposable
{
    private readonly SupervisedChild child;

    private EmbeddedNats(SupervisedChild child, string url) => (this.child, Url) = (child, url);

    /// <summary>How to reach it. Holds the password.</summary>
    public string Url { get; }

    /// <summary>The process that runs now.</summary>
    public int ProcessId => child.ProcessId;

    /// <summary>Starts it.</summary>
    /// <exception cref="StartException">It is not installed.</exception>
    public static async Task<EmbeddedNats> Start(DataFolder data, Credentials credentials, ILogger log, CancellationToken ct)
    {
        var user = UnprivilegedUser.ForChildren();
        var kind = new NatsKind(data.Sub("nats", user), Binaries.Nats(), credentials, user, log);
        var server = new SupervisedChild(kind, user, log);
        await server.Start(ct);
        return new EmbeddedNats(server, $"nats://{Credentials.User}:{credentials.Nats}@127.0.0.1:{kind.Port.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => child.DisposeAsync();
}

/// <summary>How the embedded NATS is run.</summary>
internal sealed partial class NatsKind(string folder, Binary binary, Credentials credentials, UnprivilegedUser? user, ILogger log) : IChildKind
{
    private const string Anything = "-1";
    private static readonly Version SyncsAlways = new(2, 10);

    /// <summary>The port it chose at its first start and keeps from then on, so that clients find it again.</summary>
    public int Port { get; private set; }

    /// <inheritdoc/>
    public string Name => "NATS";

    /// <inheritdoc/>
    public IReadOnlyList<(int Signal, TimeSpan Limit)> Stops { get; } = [(Native.SigTerm, TimeSpan.FromSeconds(2))];

    /// <inheritdoc/>
    public ChildStart Prepare()
    {
        var port = Port > 0 ? Port.ToString(CultureInfo.InvariantCulture) : Anything;
        var sync = binary.Version >= SyncsAlways ? "\n  sync_interval: always" : string.Empty;
        PrivateFile.Write(
            Path.Combine(folder, "nats.conf"),
            $$"""
            # Written by daarion at each start; changes here do not last.
            server_name: daarion
            listen: "127.0.0.1:{{port}}"
            logtime: false
            max_payload: 1MB
            max_pending: 64MB
            lame_duck_duration: 30s
            jetstream {
              store_dir: "{{ChildLauncher.FolderInside}}"
              max_memory_store: 32MB{{sync}}
            }
            authorization {
              user: "{{Credentials.User}}"
              password: "{{credentials.Nats}}"
            }
            """,
            user);
        return new ChildStart(
            folder,
            [binary.Path, "-c", ChildLauncher.FolderInside + "/nats.conf"],
            "KILL",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["GOMEMLIMIT"] = "160MiB" });
    }

    /// <inheritdoc/>
    public bool Hear(string line)
    {
        var match = Line().Match(line);
        var (level, text) = match.Success ? (Level(match.Groups["level"].Value), match.Groups["text"].Value) : (LogLevel.Debug, line.Trim());
        // The password is random, and its file is the owner's alone; a hash of it would tell an intruder as much.
        log.Log(text.StartsWith("Plaintext passwords", StringComparison.Ordinal) ? LogLevel.Debug : level, "{Line}", text);
        if (Listening().Match(text) is { Success: true } listening)
        {
            Port = int.Parse(listening.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return text.Contains("Server is ready", StringComparison.Ordinal);
    }

    private static LogLevel Level(string mark) => mark switch
    {
        "FTL" => LogLevel.Critical,
        "ERR" => LogLevel.Error,
        "WRN" => LogLevel.Warning,
        _ => LogLevel.Debug,
    };

    [GeneratedRegex(@"^(\[\d+\] )?\[(?<level>FTL|ERR|WRN|INF|DBG|TRC)\] (?<text>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"Listening for client connections on 127\.0\.0\.1:(?<port>\d{1,5})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
