using System.Diagnostics;

namespace Daarion.Server.Embedded;

/// <summary>How a kind of child is run.</summary>
internal interface IChildKind
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>Called before each start: puts its files in order and says what to start.</summary>
    ChildStart Prepare();

    /// <summary>Reads a line of its log; true when the line says that it is ready.</summary>
    bool Hear(string line);

    /// <summary>The signals that stop it, gentlest first, each with the time it is given.</summary>
    IReadOnlyList<(int Signal, TimeSpan Limit)> Stops { get; }
}

/// <summary>A child process that is kept running: started again with back-off when it dies, stopped when the server stops.</summary>
internal sealed class SupervisedChild(IChildKind kind, UnprivilegedUser? user, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource stopping = new();
    private Running? running;
    private Task supervision = Task.CompletedTask;

    /// <summary>The process that runs now.</summary>
    public int ProcessId => running?.Process.Id ?? 0;

    /// <summary>Starts it, waits until it is ready, and keeps it running from then on.</summary>
    /// <exception cref="InvalidOperationException">It ended instead of getting ready.</exception>
    public async Task Start(CancellationToken ct)
    {
        running = await Launch();
        try
        {
            await running.Ready(ct);
        }
        catch
        {
            await Stop();
            throw;
        }

        supervision = Supervise();
    }

    /// <summary>Stops it, gently first.</summary>
    public async Task Stop()
    {
        await stopping.CancelAsync();
        await supervision;
        if (running is null)
        {
            return;
        }

        foreach (var (signal, limit) in kind.Stops.Append((Native.SigKill, TimeSpan.FromSeconds(2))))
        {
            if (running.Process.HasExited || !Native.Signal(running.Process.Id, signal) || await running.Ended(limit))
            {
                break;
            }

            log.LogWarning("{Child} did not stop within {Seconds} s when asked with signal {Signal}", kind.Name, limit.TotalSeconds, signal);
        }

        await running.Ended(TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stop();
        running?.Process.Dispose();
        stopping.Dispose();
    }

    private async Task Supervise()
    {
        var pause = ShortestPause;
        while (true)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await running!.Process.WaitForExitAsync(stopping.Token);
                pause = Stopwatch.GetElapsedTime(started) > Settled ? ShortestPause : pause;
                log.LogWarning("{Child} ended with {ExitCode}; it is started again in {Pause} s", kind.Name, running.Process.ExitCode, pause.TotalSeconds);
                await Task.Delay(pause, stopping.Token);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                running.Process.Dispose();
                running = await Launch();
                await running.Ready(stopping.Token);
                log.LogInformation("{Child} runs again", kind.Name);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "{Child} could not be started again", kind.Name);
            }
        }
    }

    private async Task<Running> Launch()
    {
        var start = kind.Prepare();
        await Leftovers.End(start.Folder, log);
        return new Running(await ChildLauncher.Start(start, user), kind);
    }

    /// <summary>One life of the process.</summary>
    private sealed class Running
    {
        private const int KeptLines = 5;
        private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Queue<string> last = new();
        private readonly IChildKind kind;

        public Running(Process process, IChildKind kind)
        {
            this.kind = kind;
            Process = process;
            process.OutputDataReceived += (_, line) => Hear(line.Data);
            process.ErrorDataReceived += (_, line) => Hear(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.StandardInput.Close();
        }

        public Process Process { get; }

        public async Task Ready(CancellationToken ct)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(ReadyLimit);
            var ended = Process.WaitForExitAsync(limit.Token);
            if (await Task.WhenAny(ready.Task, ended) == ready.Task)
            {
                return;
            }

            await ended;
            throw new InvalidOperationException($"{kind.Name} ended with {Process.ExitCode} instead of getting ready: {LastLines()}");
        }

        public async Task<bool> Ended(TimeSpan limit)
        {
            using var timeout = new CancellationTokenSource(limit);
            try
            {
                await Process.WaitForExitAsync(timeout.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        private string LastLines()
        {
            lock (last)
            {
                return string.Join(" / ", last);
            }
        }

        private void Hear(string? line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                return;
            }

            lock (last)
            {
                last.Enqueue(line.Trim());
                if (last.Count > KeptLines)
                {
                    last.Dequeue();
                }
            }

            if (kind.Hear(line))
            {
                ready.TrySetResult();
            }
        }
    }
}
