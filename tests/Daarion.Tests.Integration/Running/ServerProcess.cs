using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Daarion.Testing;
using Npgsql;

namespace Daarion.Tests.Integration.Running;

/// <summary>The server as a process of its own, for tests of starting, stopping and breaking it.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly string Binary = Path.Combine(AppContext.BaseDirectory, "daarion");
    private readonly StringBuilder output = new();
    private readonly bool ownsData;
    private Process? process;

    public ServerProcess(string? data = null)
    {
        ownsData = data is null;
        Data = data ?? Directory.CreateTempSubdirectory("daarion-sp-").FullName;
        PublicUrl = LoopbackPort.FreeAddress();
        InternalUrl = LoopbackPort.FreeAddress();
        Http = new HttpClient { BaseAddress = PublicUrl };
    }

    public string Data { get; }

    public Uri PublicUrl { get; }

    public Uri InternalUrl { get; }

    public HttpClient Http { get; }

    /// <summary>A way into its own PostgreSQL.</summary>
    public string Postgres => new NpgsqlConnectionStringBuilder
    {
        Host = Path.Combine(Data, "postgres"),
        Username = "daarion",
        Password = JsonDocument.Parse(File.ReadAllText(Path.Combine(Data, "credentials.json"))).RootElement.GetProperty("postgres").GetString(),
        Database = "daarion",
        Pooling = false,
    }.ConnectionString;

    /// <summary>What it is told beside its addresses, as environment variables.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public int Id => process!.Id;

    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Starts it without waiting.</summary>
    public void Launch()
    {
        process = Process.Start(Command("up"))!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it and waits until it is ready; answers how long that took.</summary>
    public async Task<TimeSpan> Start()
    {
        var started = Stopwatch.GetTimestamp();
        Launch();
        await Ready();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Waits until it is ready.</summary>
    public Task Ready() => Eventually.True(
        async () =>
        {
            if (process!.HasExited)
            {
                Assert.Fail($"The server ended with {process.ExitCode}:\n{Output}");
            }

            try
            {
                using var answer = await Http.GetAsync("/health/ready");
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        () => $"the server is ready:\n{Output}",
        TimeSpan.FromSeconds(90));

    /// <summary>Asks it to stop; answers its exit code.</summary>
    public async Task<int> Stop()
    {
        Signal(Id, "TERM");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process!.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Ends it as a power failure would.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>A client of the internal listener with a new service key that holds the capabilities.</summary>
    public async Task<HttpClient> ServiceClient(params string[] capabilities)
    {
        var key = await RunJson("admin", "service-key", "--name", $"key-{Guid.NewGuid():N}", "--caps", string.Join(',', capabilities));
        return await ServiceKeyClient.For(PublicUrl, InternalUrl, key.GetProperty("client_id").GetString()!, key.GetProperty("client_secret").GetString()!);
    }

    /// <summary>Lets people do in seconds what they may do in weeks, from its next start on.</summary>
    public async Task LiftQuotas(params string[] metrics)
    {
        await using var source = NpgsqlDataSource.Create(Postgres);
        await using var lift = source.CreateCommand("update capabilities.plan_entitlements set quota = 1000000, hard_limit = 1000000 where metric = any ($1)");
        lift.Parameters.Add(new() { Value = metrics });
        Assert.NotEqual(0, await lift.ExecuteNonQueryAsync());
    }

    /// <summary>Runs a command beside it.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> Run(params string[] arguments)
    {
        using var command = Process.Start(Command(arguments))!;
        var text = command.StandardOutput.ReadToEndAsync();
        var errors = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync();
        return (command.ExitCode, await text, await errors);
    }

    /// <summary>Runs a command beside it and reads its JSON.</summary>
    public async Task<JsonElement> RunJson(params string[] arguments)
    {
        var (exitCode, text, errors) = await Run([.. arguments, "--json"]);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)} ended with {exitCode}: {errors}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    public static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await Kill();
        }

        process?.Dispose();
        Http.Dispose();
        if (ownsData)
        {
            await Eventually.True(() => Children.In(Data).Count == 0, "no child is left before the folder is removed");
            Directory.Delete(Data, recursive: true);
        }
    }

    private ProcessStartInfo Command(params string[] arguments)
    {
        var start = new ProcessStartInfo(Binary, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DAARION_DATA"] = Data;
        start.Environment["DAARION_PUBLIC_URL"] = PublicUrl.ToString().TrimEnd('/');
        start.Environment["DAARION_LISTEN"] = PublicUrl.Authority;
        start.Environment["DAARION_INTERNAL_LISTEN"] = InternalUrl.Authority;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }
}
