using System.Runtime.InteropServices;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Rwa;
using Daarion.Tests.Integration.Gateway.Hostile;
using Daarion.Tests.Integration.Running;
using FsCheck;
using FsCheck.Fluent;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Oracles;

/// <summary>A site whose readings come in any order, alone, together and several at once, has in the end what it would have had if they had come one after the other.</summary>
[Collection(CityCollection.Name)]
public sealed class AnyOrderTests(CityFixture city)
{
    private static readonly DateTimeOffset Start = Timestamps.Truncate(TimeProvider.System.GetUtcNow()).AddDays(-3);

    /// <summary>What a meter shows half-hourly, where it was changed for a new one, and how its readings are dealt out.</summary>
    private sealed record Story(int[] Rises, int? Changed, int Seed);

    private static Gen<Story> Stories { get; } =
        from rises in Gen.Choose(0, 20).ArrayOf()
        from isChanged in Gen.Choose(0, 2)
        from place in Gen.Choose(0, Math.Max(0, rises.Length - 1))
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Story(rises, isChanged == 0 && rises.Length > 0 ? place : null, seed);

    [Fact]
    public async Task The_inventory_is_that_of_the_sorted_order()
    {
        var (team, owner) = await city.NewTeam();
        var @operator = await city.NewOperator();
        var (inOrder, shuffled) = (await LetIn(city, @operator, team.Id), await LetIn(city, @operator, team.Id));

        await HostileRun.Holds(12, Stories, async story =>
        {
            var site = city.Unique("site");
            var counters = Counters(story).ToList();
            var dealt = counters.ToList();
            var random = new Random(story.Seed);
            random.Shuffle(CollectionsMarshal.AsSpan(dealt));
            foreach (var (platform, suffix) in new[] { (inOrder, "-a"), (shuffled, "-b") })
            {
                await city.Get<IEmbassyService>().CreateIdentity(@operator.Caller, new CreateIdentity(platform.Name, site + suffix, TeamId: team.Id), default);
            }

            // Whose meter is changed must have told of itself: the first of each comes alone.
            foreach (var (platform, suffix, first) in new[] { (inOrder, "-a", counters.Take(1)), (shuffled, "-b", dealt.Take(1)) })
            {
                if (story.Changed is { } place)
                {
                    await platform.Send(Batch(first.Select(r => Reading(site + suffix, At(r.Place), r.Counter))));
                    await Eventually.Equal(1, async () => (await city.Get<IOracleService>().ListReadings(owner.Caller, new ReadingQuery(site + suffix, TeamId: team.Id), default)).Items.Count);
                    await city.Get<IOracleService>().DeclareMeterChange(@operator.Caller, new DeclareMeterChange(platform.Name, site + suffix, At(place).AddMinutes(-15)), default);
                }
            }

            foreach (var (place, counter) in counters)
            {
                await inOrder.Send(Reading($"{site}-a", At(place), counter));
            }

            foreach (var part in dealt.Chunk(1 + random.Next(5)).Select((part, i) => (part, i)).GroupBy(one => one.i / 3))
            {
                await Task.WhenAll(part.Select(one => shuffled.Send(Batch(one.part.Select(r => Reading($"{site}-b", At(r.Place), r.Counter))))));
            }

            var expected = Rise(counters, story.Changed);
            foreach (var suffix in new[] { "-a", "-b" })
            {
                await Eventually.Equal(expected, () => Stock(owner, team.Id, site + suffix));
                if (expected == 0)
                {
                    // Nothing is what there was before as well: it must still be so when each has been heard.
                    await Eventually.Equal(counters.Count, async () => (await city.Get<IOracleService>().ListReadings(owner.Caller, new ReadingQuery(site + suffix, TeamId: team.Id), default)).Items.Count);
                    Assert.Equal(0, await Stock(owner, team.Id, site + suffix));
                }
            }
        });
    }

    private static DateTimeOffset At(int place) => Start.AddMinutes(30 * place);

    private static IEnumerable<(int Place, decimal Counter)> Counters(Story story)
    {
        var counter = 1000m;
        for (var place = 0; place < story.Rises.Length; place++)
        {
            counter = place == story.Changed ? 3 : counter + 8 + story.Rises[place];
            yield return (place, counter);
        }
    }

    private static decimal Rise(IReadOnlyList<(int Place, decimal Counter)> counters, int? changed)
    {
        var (old, fresh) = (counters.Where(one => changed is null || one.Place < changed).ToList(), counters.Where(one => one.Place >= changed).ToList());
        return new[] { old, fresh }.Where(meter => meter.Count > 0).Sum(meter => meter[^1].Counter - meter[0].Counter);
    }

    private async Task<decimal> Stock(Person owner, TeamId team, string site) =>
        (await city.Get<IRwaService>().ListInventory(owner.Caller, new InventoryQuery(team, Limit: 200), default)).Items.SingleOrDefault(one => one.SiteId == site)?.Value.Value ?? 0;
}
