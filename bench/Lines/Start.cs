using System.Diagnostics;
using System.Net;
using Daarion.Server.Embedded;
using Daarion.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Daarion.Bench.Lines;

/// <summary>From the start of the process until the city is ready, on an empty folder and on one that it has used, against its PostgreSQL and NATS alone.</summary>
internal sealed class Start : IBenchLine
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly string Binary = Path.Combine(AppContext.BaseDirectory, "daarion");

    public IReadOnlyList<string> Names { get; } = ["start_first", "start_later"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        var later = new List<(double Ours, double Reference)>();
        var (ours, reference) = await Alternate.Measure(
            progress,
            "start_first",
            async () =>
            {
                var (first, second) = await Twice(City);
                later.Add((second, 0));
                return first;
            },
            async () =>
            {
                var (first, second) = await Twice(Servers);
                later[^1] = (later[^1].Ours, second);
                return first;
            });
        var (ourLater, theirLater) = (Alternate.Median(later.Skip(1).Select(l => l.Ours)), Alternate.Median(later.Skip(1).Select(l => l.Reference)));
        return
        [
            new("start_first", ours, reference, ours / reference, "s", "ours ≤ 15 s"),
            new("start_later", ourLater, theirLater, ourLater / theirLater, "s", "ours ≤ 5 s"),
        ];
    }

    private static async Task<(double First, double Later)> Twice(Func<string, Task<double>> start)
    {
        var folder = Directory.CreateTempSubdirectory("daarion-bench-start-");
        try
        {
            return (await start(folder.FullName), await start(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> City(string folder)
    {
        var (listen, internalListen) = (LoopbackPort.FreeAddress(), LoopbackPort.FreeAddress());
        var command = new ProcessStartInfo(Binary, ["up"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        command.Environment["DAARION_DATA"] = folder;
        command.Environment["DAARION_LISTEN"] = listen.Authority;
        command.Environment["DAARION_INTERNAL_LISTEN"] = internalListen.Authority;
        using var http = new HttpClient { BaseAddress = listen };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(command)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await IsReady(http))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The city ended with {process.ExitCode}.");
            }

            await Task.Delay(Pause);
        }

        var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
        using (var stop = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await stop.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        return took;
    }

    private static async Task<bool> IsReady(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<double> Servers(string folder)
    {
        var started = Stopwatch.GetTimestamp();
        using var data = DataFolder.Take(folder);
        var credentials = Credentials.Of(data);
        await using var postgres = await EmbeddedPostgres.Start(data, credentials, NullLogger.Instance, default);
        await using var nats = await EmbeddedNats.Start(data, credentials, NullLogger.Instance, default);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
