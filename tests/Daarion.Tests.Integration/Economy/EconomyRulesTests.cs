using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Daarion.Testing;
using Daarion.Tests.Integration.Wallets.Model;

namespace Daarion.Tests.Integration.Economy;

/// <summary>The page about the rules of the economy says what the city does, line by line.</summary>
[Trait("Servers", "own")]
public sealed partial class EconomyRulesTests(LedgerCity city) : IClassFixture<LedgerCity>
{
    private const int AtOnce = 6;

    private static readonly Dictionary<string, Func<EconomyWorld, Task<string>>> Stories =
        new[] { DeliveryStories.All, OracleStories.All, InventoryStories.All, PayoutStories.All, TransferStories.All, StakeStories.All }.SelectMany(one => one).ToDictionary(StringComparer.Ordinal);

    [Fact]
    public async Task Each_line_of_the_page_is_what_happens()
    {
        var lines = Line().Matches(await File.ReadAllTextAsync(Interop.InRepository("docs", "economy-rules.md")))
            .Select(match => (Id: match.Groups["id"].Value, Happens: match.Groups["happens"].Value.Trim())).ToList();
        Assert.Equal(Stories.Keys.Order(StringComparer.Ordinal), lines.Select(line => line.Id).Order(StringComparer.Ordinal));

        using var http = await city.ServiceClient(EconomyWorld.Capabilities);
        var told = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            lines.Where(line => !StakeStories.TakeTime.Contains(line.Id)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (line, _) => told[line.Id] = await Told(Stories[line.Id], await EconomyWorld.Begin(city, http)));
        foreach (var line in lines.Where(line => StakeStories.TakeTime.Contains(line.Id)))
        {
            told[line.Id] = await Told(Stories[line.Id], await EconomyWorld.Begin(city, http));
        }

        var wrong = lines
            .Where(line => told[line.Id] == EconomyWorld.Ok ? !line.Happens.StartsWith('✓') : !line.Happens.StartsWith($"✗ `{told[line.Id]}`", StringComparison.Ordinal))
            .Select(line => $"{line.Id}: the page says “{line.Happens}”, the city said {told[line.Id]}")
            .ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        var audit = await (await EconomyWorld.Begin(city, http)).Get("wallet/audit");
        Assert.True(audit.GetProperty("ok").GetBoolean(), audit.ToString());
    }

    // A story that breaks off is one more line that is wrong, and the others are told all the same.
    private static async Task<string> Told(Func<EconomyWorld, Task<string>> story, EconomyWorld world)
    {
        try
        {
            return await story(world);
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    [GeneratedRegex("^\\| (?<id>[A-Z][0-9]+) \\|[^|]*\\|(?<happens>[^|]*)\\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Line();
}
