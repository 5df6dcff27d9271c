using System.Diagnostics;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Embassies;

/// <summary>The programs on a platform's page, run as they stand.</summary>
[Collection(CityCollection.Name)]
public sealed class SnippetTests(CityFixture city)
{
    [Theory]
    [InlineData("curl", "energy", "10.5")]
    [InlineData("python", "food", "20.5")]
    [InlineData("node", "water", "30.5")]
    [InlineData("csharp", "energy", "40.5")]
    public async Task A_snippet_signs_and_sends_a_reading(string language, string domain, string value)
    {
        var @operator = await city.NewOperator();
        var embassy = city.Get<IEmbassyService>();
        var platform = await embassy.CreatePlatform(@operator.Caller, new CreatePlatform(city.Unique("p"), Domains: [domain]), default);
        var site = $"Дім \"№ 7\" O'Neil \\ {language}";
        await embassy.CreateIdentity(@operator.Caller, new CreateIdentity(platform.Platform, site, TeamId: (await city.NewTeam()).Team.Id), default);
        var snippet = (await embassy.GetSnippets(@operator.Caller, new SnippetsRequest(platform.Platform, site), default)).Snippets.Single(s => s.Language == language);

        var answer = await Run(snippet, platform.Secret, value);

        Assert.Contains("\"accepted\"", answer, StringComparison.Ordinal);
        var delivery = Assert.Single((await embassy.ListDeliveries(@operator.Caller, new DeliveryQuery(platform.Platform), default)).Items);
        Assert.Equal((site, domain, DeliveryOutcome.Accepted), (delivery.SiteId, delivery.Domain, delivery.Outcome));
        var reading = Assert.Single((await embassy.GetDelivery(@operator.Caller, new DeliveryRef(delivery.Id), default)).Readings);
        Assert.Equal(Quantity.Parse(value), reading.Value);
    }

    private static async Task<string> Run(Snippet snippet, string secret, string value)
    {
        var folder = Directory.CreateTempSubdirectory("daarion-snippet-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, snippet.FileName), snippet.Code);
            var words = snippet.Command.Split(' ');
            var start = new ProcessStartInfo(words[0], [.. words[1..^1], value]) { WorkingDirectory = folder.FullName, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["DAARION_SECRET"] = secret;
            start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{snippet.Command} ended with {process.ExitCode}: {await output} {await errors}");
            return await output;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
