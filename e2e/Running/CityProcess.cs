using Daarion.Testing;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Daarion.E2E.Running;

/// <summary>A real <c>daarion up</c> in a folder of its own, on free ports, as an operator would start it.</summary>
public sealed class CityProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly StringBuilder output = new();
    private Process? process;

    public CityProcess(string? data = null)
    {
        Data = data ?? Directory.CreateTempSubdirectory("daarion-e2e-").FullName;
        PublicUrl = LoopbackPort.FreeAddress();
        InternalUrl = LoopbackPort.FreeAddress();
    }

    public string Data { get; }

    public Uri PublicUrl { get; }

    public Uri InternalUrl { get; }

    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The city is not running.");

    /// <summary>What the city has written to its terminal.</summary>
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

    /// <summary>Extra settings, for example <c>DAARION_ADMIN_EMAIL</c>.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>Starts the city and waits until it is ready.</summary>
    public async Task Start()
    {
        process = Process.Start(Command("up")) ?? throw new InvalidOperationException("The city did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = PublicUrl };
        await Eventually.True(
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The city ended with {process.ExitCode} instead of getting ready:\n{Output}");
                }

                try
                {
                    return (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => $"the city is ready\n{Output}",
            StartLimit);
    }

    /// <summary>Asks the city to stop and waits for it.</summary>
    public async Task<int> Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", process!.Id.ToString(CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Ends the city at once, as a power failure would.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Runs a command of the city beside it and reads its JSON.</summary>
    public async Task<JsonElement> Admin(params string[] arguments)
    {
        using var command = Process.Start(Command([.. arguments, "--json"])) ?? throw new InvalidOperationException("The command did not start.");
        var answer = command.StandardOutput.ReadToEndAsync();
        var errors = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode == 0
            ? JsonDocument.Parse(await answer).RootElement.Clone()
            : throw new InvalidOperationException($"daarion {string.Join(' ', arguments)} ended with {command.ExitCode}: {await errors}");
    }

    /// <summary>A client of the internal listener with a new service key that holds the capabilities.</summary>
    public async Task<HttpClient> ServiceClient(params string[] capabilities)
    {
        var key = await Admin("admin", "service-key", "--name", $"e2e-{Guid.NewGuid():N}"[..16], "--caps", string.Join(',', capabilities));
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = key.GetProperty("client_id").GetString()!,
            ["client_secret"] = key.GetProperty("client_secret").GetString()!,
        });
        using var answer = await http.PostAsync(key.GetProperty("token_url").GetString(), form);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        var token = JsonDocument.Parse(body).RootElement.GetProperty("access_token").GetString();
        var client = new HttpClient { BaseAddress = InternalUrl };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            try
            {
                await Stop();
            }
            catch (OperationCanceledException)
            {
                await Kill();
            }
        }

        process?.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private ProcessStartInfo Command(params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.ServerBinary, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DAARION_DATA"] = Data;
        start.Environment["DAARION_PUBLIC_URL"] = PublicUrl.ToString().TrimEnd('/');
        start.Environment["DAARION_LISTEN"] = PublicUrl.Authority;
        start.Environment["DAARION_INTERNAL_LISTEN"] = InternalUrl.Authority;
        foreach (var (name, value) in Settings)
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
