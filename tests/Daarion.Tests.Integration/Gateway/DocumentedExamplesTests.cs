using System.Diagnostics;
using System.Text.RegularExpressions;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>The examples of the page about the API are run as they stand there.</summary>
[Collection(CityCollection.Name)]
public sealed partial class DocumentedExamplesTests(CityFixture city)
{
    [Fact]
    public async Task Every_example_of_the_page_does_what_it_says()
    {
        var page = await File.ReadAllTextAsync(Page());
        page = page[page.IndexOf("## Ten examples", StringComparison.Ordinal)..];
        var examples = Example().Matches(page).Select(match => match.Groups["code"].Value).ToList();
        var (team, owner) = await city.NewTeam();
        var key = await city.Get<IServiceKeyService>().Create(
            CityFixture.Service(ServiceName.Auth), new CreateServiceKey(city.Unique("examples"), Capabilities().Match(page).Groups["list"].Value.Split(',')), default);

        var (output, errors, code) = await Bash(
            string.Join("\necho '--'\n", examples),
            ("CITY", city.PublicUrl.ToString().TrimEnd('/')),
            ("INSIDE", city.InternalUrl.ToString().TrimEnd('/')),
            ("CLIENT_ID", key.ClientId.Value),
            ("CLIENT_SECRET", key.ClientSecret),
            ("TEAM", team.Id.Value),
            ("OWNER", owner.Id.Value));

        Assert.True(code == 0, $"{output}\n{errors}");
        var answers = output.Split("--\n");
        Assert.Equal((10, 10), (examples.Count, answers.Length));
        Assert.Contains("\"allow\":true", answers[1], StringComparison.Ordinal);
        Assert.Contains("\"allow\":false,\"reason\":\"no_role\"", answers[2], StringComparison.Ordinal);
        Assert.Contains(owner.Id.Value, answers[3], StringComparison.Ordinal);
        Assert.Contains(team.Name, answers[5], StringComparison.Ordinal);
        Assert.Contains("\"metric\":\"llm_tokens\"", answers[6], StringComparison.Ordinal);
        Assert.Contains($"{team.Id},llm_tokens,", answers[6], StringComparison.Ordinal);
        Assert.Contains("\"choice\":\"yes\"", answers[8], StringComparison.Ordinal);
        Assert.EndsWith("401\n", answers[9], StringComparison.Ordinal);
    }

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Daarion.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs", "api.md");
    }

    private static async Task<(string Output, string Errors, int Code)> Bash(string script, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (await output, await errors, process.ExitCode);
    }

    [GeneratedRegex("```sh\\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Example();

    [GeneratedRegex("--caps (?<list>[a-z_.,]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Capabilities();
}
