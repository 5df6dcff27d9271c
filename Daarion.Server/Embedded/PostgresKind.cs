using System.Text.RegularExpressions;

namespace Daarion.Server.Embedded;

/// <summary>The embedded PostgreSQL: durable, small, on a unix socket in its own folder and nowhere else.</summary>
internal sealed partial class PostgresKind(string folder, Binary binary, UnprivilegedUser? user, ILogger log) : IChildKind
{
    /// <summary>Connections of all services' pools, the relay, the migrations, and some for an operator's psql.</summary>
    private const int MaxConnections = 160;

    private static readonly string Configuration = $"""
        # Written by daarion at each start; changes here do not last.
        listen_addresses = ''
        unix_socket_directories = '.'
        unix_socket_permissions = 0700
        password_encryption = 'scram-sha-256'

        # Nothing that was acknowledged is lost.
        fsync = on
        full_page_writes = on
        synchronous_commit = on

        # Small at rest: the server, PostgreSQL and NATS share 600 MB.
        max_connections = {MaxConnections}
        # The writers of a batch hold a lock for each key they write about: up to 500 at once, a dozen of them.
        max_locks_per_transaction = 256
        shared_buffers = 96MB
        work_mem = 4MB
        maintenance_work_mem = 32MB
        max_parallel_workers_per_gather = 0
        max_parallel_maintenance_workers = 0
        max_wal_senders = 2
        max_replication_slots = 2
        max_logical_replication_workers = 0
        jit = off

        # Recovery after an unclean stop reads at most this much.
        checkpoint_timeout = 5min
        max_wal_size = 512MB
        min_wal_size = 80MB
        wal_compression = off
        wal_buffers = 16MB

        # The outbox and the inboxes turn over fast.
        autovacuum_naptime = 20s
        autovacuum_vacuum_scale_factor = 0.05
        autovacuum_vacuum_cost_delay = 1ms
        random_page_cost = 1.1
        idle_in_transaction_session_timeout = 60s

        # For the server's own log: no statement text, no values of rows.
        log_destination = 'stderr'
        logging_collector = off
        log_line_prefix = ''
        log_error_verbosity = terse
        log_min_messages = log
        log_min_error_statement = panic
        log_checkpoints = off
        lc_messages = 'C'
        timezone = 'UTC'
        log_timezone = 'UTC'
        """;

    private static readonly string Access = """
        # Written by daarion at each start; changes here do not last.
        local all all scram-sha-256
        """;

    /// <inheritdoc/>
    public string Name => "PostgreSQL";

    /// <inheritdoc/>
    public IReadOnlyList<(int Signal, TimeSpan Limit)> Stops { get; } = [(Native.SigInt, TimeSpan.FromSeconds(4)), (Native.SigQuit, TimeSpan.FromSeconds(1.5))];

    /// <inheritdoc/>
    public ChildStart Prepare()
    {
        PrivateFile.Write(Path.Combine(folder, "postgresql.conf"), Configuration, user);
        PrivateFile.Write(Path.Combine(folder, "pg_hba.conf"), Access, user);
        // Whoever wrote it is gone: this server holds the lock of the data folder and leftovers are ended before each start. PostgreSQL itself
        // would refuse where another process of the same user has got the old number since, as happens in containers.
        File.Delete(Path.Combine(folder, "postmaster.pid"));
        return new ChildStart(folder, [binary.Path, "-D", ChildLauncher.FolderInside], "QUIT", new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "C.UTF-8" });
    }

    /// <inheritdoc/>
    public bool Hear(string line)
    {
        var match = Line().Match(line);
        var (level, text) = match.Success ? (Level(match.Groups["level"].Value), match.Groups["text"].Value) : (LogLevel.Debug, line.Trim());
        log.Log(level, "{Line}", text);
        return text.Contains("ready to accept connections", StringComparison.Ordinal);
    }

    // What a client is told (an error, a refused password) is the client's to log; only what concerns the server itself stands out.
    private static LogLevel Level(string severity) => severity switch
    {
        "PANIC" => LogLevel.Critical,
        "WARNING" => LogLevel.Warning,
        _ => LogLevel.Debug,
    };

    [GeneratedRegex(@"^(?<level>PANIC|FATAL|ERROR|WARNING|LOG|INFO|NOTICE|DETAIL|HINT|CONTEXT|STATEMENT):\s+(?<text>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
