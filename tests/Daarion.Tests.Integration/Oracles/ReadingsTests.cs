using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Oracles;

/// <summary>From the door to the oracle.</summary>
[Collection(CityCollection.Name)]
public sealed class ReadingsTests(CityFixture city)
{
    private static readonly DateTimeOffset Start = Timestamps.Truncate(TimeProvider.System.GetUtcNow()).AddDays(-3);

    [Fact]
    public async Task Shuffled_single_and_in_batches_a_sites_readings_come_to_the_same_sum()
    {
        var (platform, site, team, owner, oracles) = await Site();
        var random = new Random(11);
        var readings = Enumerable.Range(0, 120).Select(i => Reading(site, Start.AddMinutes(30 * i), 1000m + (7.25m * i))).ToArray();
        random.Shuffle(readings);

        foreach (var part in readings.Chunk(17))
        {
            await (part.Length % 2 == 0 ? Task.WhenAll(part.Select(reading => platform.Send(reading))) : Task.WhenAll(platform.Send(Batch(part))));
        }

        await Eventually.Equal(120, async () => (await All(oracles, owner, team)).Count(r => r.Compensates is null));
        var rows = await All(oracles, owner, team);
        Assert.DoesNotContain(rows, r => r.State == ReadingState.Rejected);
        Assert.Equal(7.25m * 119, rows.Sum(r => r.Delta.Value));
        Assert.Equal(7.25m * 119, rows.Where(r => r.Kind == ReadingKind.Reading).Sum(r => r.Delta.Value));
        var series = await oracles.GetSeries(owner.Caller, new SeriesQuery(site, From: Start, To: Start.AddDays(3), Points: 40), default);
        Assert.InRange(series.Points.Count, 30, 40);
        Assert.Equal(7.25m * 119, series.Points.Sum(point => point.Delta.Value));
        Assert.Equal(120, series.Points.Sum(point => point.Readings));
    }

    [Fact]
    public async Task A_reading_leads_to_its_delivery_and_its_trace()
    {
        var (platform, site, team, owner, oracles) = await Site();
        var answer = await platform.Send(Reading(site, Start, 5m));

        await Eventually.Equal(1, async () => (await All(oracles, owner, team)).Count);

        var reading = (await All(oracles, owner, team))[0];
        Assert.Equal(answer.EventIds[0], reading.WebhookEventId);
        var delivery = await city.Get<IEmbassyService>().GetDelivery((await city.NewOperator()).Caller, new DeliveryRef(reading.WebhookEventId!.Value), default);
        Assert.Equal(delivery.Delivery.TraceId, reading.TraceId);
        Assert.NotNull(reading.TraceId);
    }

    [Fact]
    public async Task What_the_rules_refuse_is_kept_with_the_rule()
    {
        var (platform, site, team, owner, oracles) = await Site();
        await platform.Send(Batch(
            Reading(site, Start, 100m), Reading(site, Start.AddMinutes(1), 90m), Reading(site, Start.AddMinutes(2), -1m), Reading(site, Start.AddDays(-40), 50m), Reading(site, Start.AddDays(4), 200m)));

        await Eventually.Equal(5, async () => (await All(oracles, owner, team)).Count);

        Assert.Equal(["counter_falls", "future", "negative", "too_old"], (await All(oracles, owner, team)).Where(r => r.Rule is not null).Select(r => r.Rule).Order());
    }

    [Fact]
    public async Task A_declared_change_of_the_meter_begins_anew()
    {
        var (platform, site, team, owner, oracles) = await Site();
        var @operator = await city.NewOperator();
        await platform.Send(Batch(Reading(site, Start, 100m), Reading(site, Start.AddHours(1), 110m)));
        await Eventually.Equal(2, async () => (await All(oracles, owner, team)).Count);

        await oracles.DeclareMeterChange(@operator.Caller, new DeclareMeterChange(platform.Name, site, Start.AddMinutes(90)), default);
        await platform.Send(Batch(Reading(site, Start.AddHours(2), 3m), Reading(site, Start.AddHours(3), 9m)));

        await Eventually.Equal(4, async () => (await All(oracles, owner, team)).Count);
        Assert.Equal([0m, 10m, 0m, 6m], (await All(oracles, owner, team)).OrderBy(r => r.Ts).Select(r => r.Delta.Value));
    }

    [Fact]
    public async Task Other_peoples_readings_are_not_for_everyone()
    {
        var (_, site, team, _, oracles) = await Site();
        var stranger = await city.NewPerson();

        var failure = await Assert.ThrowsAsync<CityException>(() => oracles.ListReadings(stranger.Caller, new ReadingQuery(site, TeamId: team), default));

        Assert.True(failure.Code is ErrorCode.Forbidden or ErrorCode.NotFound);
    }

    private static async Task<IReadOnlyList<OracleReading>> All(IOracleService oracles, Person owner, TeamId team)
    {
        var all = new List<OracleReading>();
        for (string? cursor = null; ;)
        {
            var page = await oracles.ListReadings(owner.Caller, new ReadingQuery(TeamId: team, Limit: 200, Cursor: cursor), default);
            all.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null)
            {
                return all;
            }
        }
    }

    private async Task<(OutsidePlatform Platform, string Site, TeamId Team, Person Owner, IOracleService Oracles)> Site()
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("site");
        return (await LetIn(city, await city.NewOperator(), team.Id, site), site, team.Id, owner, city.Get<IOracleService>());
    }
}
