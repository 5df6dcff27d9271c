using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Daarion.Bench.Running.Decisions;

/// <summary>Cedar in a Node process of its own, with the questions of a city; it is got from npm where it is not there yet.</summary>
internal sealed class CedarBed : IAsyncDisposable
{
    private const string Package = "@cedar-policy/cedar-wasm@4.13.0";
    private readonly DirectoryInfo folder;
    private readonly Process node;

    private CedarBed(DirectoryInfo folder, Process node) => (this.folder, this.node) = (folder, node);

    public static async Task<CedarBed> Start(DecisionCity city, Progress progress)
    {
        var home = Path.Combine(AppContext.BaseDirectory, "cedar");
        if (!Directory.Exists(Path.Combine(home, "node_modules", "@cedar-policy")))
        {
            progress.Say($"decide_cedar: npm install {Package}");
            Directory.CreateDirectory(home);
            using var install = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", home, Package]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            await install.StandardOutput.ReadToEndAsync();
            await install.WaitForExitAsync();
            if (install.ExitCode != 0)
            {
                throw new InvalidOperationException($"{Package} could not be had from npm.");
            }
        }

        var given = Directory.CreateTempSubdirectory("daarion-bench-");
        var questions = Path.Combine(given.FullName, "questions.json");
        var calls = new JsonArray([.. city.Questions.Select(question => CedarPolicies.Call(city, question))]);
        await File.WriteAllTextAsync(questions, new JsonObject { ["policies"] = CedarPolicies.Text, ["calls"] = calls }.ToJsonString());
        File.Copy(Path.Combine(AppContext.BaseDirectory, "cedar.cjs"), Path.Combine(home, "cedar.cjs"), overwrite: true);
        var start = new ProcessStartInfo("node", ["--no-turbo-inline-js-wasm-calls", Path.Combine(home, "cedar.cjs"), questions]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        return new(given, Process.Start(start)!);
    }

    /// <summary>What it says to each question.</summary>
    public async Task<bool[]> Answers() => [.. (await Say("answers")).Select(answer => answer == '1')];

    /// <summary>Decisions a second, over all the questions so many times.</summary>
    public async Task<double> Rate(int times) => double.Parse(await Say(string.Create(CultureInfo.InvariantCulture, $"rate {times}")), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        node.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task<string> Say(string command)
    {
        await node.StandardInput.WriteLineAsync(command);
        await node.StandardInput.FlushAsync();
        return await node.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Cedar ended.");
    }
}
