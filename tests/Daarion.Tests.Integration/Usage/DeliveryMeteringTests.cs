using Daarion.Core.Embassies;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Usage;

/// <summary>What a platform delivers uses up its quota of the day, reading by reading, although the units are taken ahead.</summary>
public sealed class DeliveryMeteringTests(StrictCity city) : IClassFixture<StrictCity>
{
    private const int Quota = 400;
    private const string Site = "EU-KYIV-METER";
    private readonly DateTimeOffset begin = TimeProvider.System.GetUtcNow().AddDays(-20);

    [Fact]
    public async Task A_platform_delivers_what_its_day_holds_and_not_a_reading_more()
    {
        city.BeginAnHour();
        await city.Scalar("with changed as (update capabilities.plan_entitlements set quota = $1, hard_limit = $1 where metric = 'embassy_events.energy' returning 1) select count(*) from changed", (decimal)Quota);
        await city.Get<IPolicySnapshots>().Reload(default);
        using var http = new HttpClient { BaseAddress = city.PublicUrl };
        var platform = await LetIn(http);
        var off = city.Clock.GetUtcNow() - TimeProvider.System.GetUtcNow();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(minute => platform.Send(Reading(minute), clockOff: off)));
        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        var again = await platform.Send(Reading(0), clockOff: off);
        Assert.Equal("duplicate", again.Json.GetProperty("status").GetString());
        await Eventually.Equal(200m, () => Used(platform));

        var tooMany = await platform.Send(OutsidePlatform.Batch(Enumerable.Range(200, 201).Select(Reading)), clockOff: off);
        Assert.Equal((403, "quota_exceeded"), (tooMany.Status, tooMany.Json.GetProperty("reason").GetString()));
        await Eventually.Equal(200m, () => Used(platform));

        var sent = await Task.WhenAll(Enumerable.Range(1_000, 300).Select(minute => platform.Send(Reading(minute), clockOff: off)));
        Assert.Equal((Quota - 200, 100), (sent.Count(answer => answer.Status == 202), sent.Count(answer => answer.Status == 403)));
        Assert.Equal((decimal)Quota, await Used(platform));
        Assert.Equal((long)Quota, await city.Scalar("select count(*) from embassy.embassy_readings where platform = $1", platform.Name));
        Assert.DoesNotContain(
            (await city.Get<IUsageService>().Reconcile(await city.NewOperator(), new ReconcileUsage(), default)).Differences, difference => difference.Metric == Metrics.EventsOf("energy"));
    }

    private async Task<OutsidePlatform> LetIn(HttpClient http)
    {
        var @operator = await city.NewOperator();
        var (team, _) = await city.NewTeam();
        var embassy = city.Get<IEmbassyService>();
        var created = await embassy.CreatePlatform(@operator, new CreatePlatform($"p-{Guid.NewGuid():N}", RatePerMinute: 1_000_000), default);
        await embassy.CreateIdentity(@operator, new CreateIdentity(created.Platform, Site, TeamId: team), default);
        return new OutsidePlatform(http, created.Platform, created.Secret);
    }

    private string Reading(int minute) => OutsidePlatform.Reading(Site, begin.AddMinutes(minute), minute + 1);

    private async Task<decimal> Used(OutsidePlatform platform) => (decimal)(await city.Scalar(
        "select coalesce(sum(used), 0) from usage.usage_counters where subject_id = $1 and metric = 'embassy_events.energy'", $"embassy:{platform.Name}"))!;
}
