using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Tests.Integration.Running;
using Npgsql;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Embassies;

/// <summary>What operators do about platforms and sites.</summary>
[Collection(CityCollection.Name)]
public sealed class PlatformTests(CityFixture city)
{
    private static readonly DateTimeOffset Now = Timestamps.Truncate(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task A_service_key_lets_a_platform_in_and_maps_a_site()
    {
        using var client = await city.ServiceClient("city.embassy.manage", "city.embassy.read");
        var (team, _) = await city.NewTeam();
        var name = city.Unique("p");

        using var created = await client.PostAsJsonAsync("/internal/v1/embassy/platform", new { platform = name, name = "EnergyUnion", domains = new[] { "energy" } });
        using var twice = await client.PostAsJsonAsync("/internal/v1/embassy/platform", new { platform = name, name = "EnergyUnion", domains = new[] { "energy" } });
        using var mapped = await client.PostAsJsonAsync("/internal/v1/embassy/identity", new { platform = name, site_id = "EU-KYIV-01", kind = "site", team_id = team.Id });

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.StartsWith("whsec_", (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        Assert.Equal(HttpStatusCode.Created, mapped.StatusCode);
        Assert.StartsWith("emb_", (await mapped.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString(), StringComparison.Ordinal);
        var listed = await client.GetFromJsonAsync<JsonElement>($"/internal/v1/embassy/platform/{name}");
        Assert.Equal(1, listed.GetProperty("sites").GetInt32());
        Assert.False(listed.TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task Whoever_is_no_operator_may_not()
    {
        var (_, owner) = await city.NewTeam();

        var failure = await Assert.ThrowsAsync<CityException>(() => city.Get<IEmbassyService>().CreatePlatform(owner.Caller, new CreatePlatform(city.Unique("p")), default));

        Assert.Equal(ErrorCode.Forbidden, failure.Code);
    }

    [Fact]
    public async Task During_a_rotation_both_secrets_are_good_and_without_overlap_only_the_new_one()
    {
        var (platform, @operator, embassy) = await LetIn("A");
        var before = platform.Secret;

        var rotated = await embassy.RotateSecret(@operator.Caller, new RotateSecret(platform.Name, 60), default);
        var withOld = await platform.Send(Reading("A", Now, 1m));
        platform.Secret = rotated.Secret;
        var withNew = await platform.Send(Reading("A", Now.AddMinutes(1), 2m));
        await embassy.RotateSecret(@operator.Caller, new RotateSecret(platform.Name, 0), default);
        var ended = await platform.Send(Reading("A", Now.AddMinutes(2), 3m));
        platform.Secret = before;
        var longEnded = await platform.Send(Reading("A", Now.AddMinutes(3), 4m));

        Assert.Equal([202, 202, 401, 401], new[] { withOld, withNew, ended, longEnded }.Select(answer => answer.Status));
        var log = await embassy.ListDeliveries(@operator.Caller, new DeliveryQuery(platform.Name, Outcome: DeliveryOutcome.Accepted), default);
        Assert.Equal([SignatureState.Valid, SignatureState.ValidPrevious], log.Items.Select(d => d.SignatureState));
    }

    [Fact]
    public async Task A_suspended_platform_is_refused_until_it_is_let_in_again()
    {
        var (platform, @operator, embassy) = await LetIn("A");

        await embassy.SuspendPlatform(@operator.Caller, new PlatformRef(platform.Name), default);
        var suspended = await platform.Send(Reading("A", Now, 1m));
        await embassy.ResumePlatform(@operator.Caller, new PlatformRef(platform.Name), default);
        var resumed = await platform.Send(Reading("A", Now, 1m));

        Assert.Equal((403, "forbidden"), (suspended.Status, suspended.Code));
        Assert.Equal(202, resumed.Status);
    }

    [Fact]
    public async Task Over_its_rate_a_platform_is_told_when_to_come_again()
    {
        var (platform, @operator, embassy) = await LetIn("A");
        await embassy.UpdatePlatform(@operator.Caller, new UpdatePlatform(platform.Name, RatePerMinute: 3), default);

        var answers = new List<Answer>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await platform.Send(Reading("A", Now.AddMinutes(i), i)));
        }

        Assert.Equal([202, 202, 202, 429], answers.Select(answer => answer.Status));
        Assert.NotNull(answers[^1].RetryAfter);
    }

    [Fact]
    public async Task Readings_of_a_site_without_a_team_are_held_and_flow_on_in_order_when_it_gets_one()
    {
        var (platform, @operator, embassy) = await LetIn();
        var site = city.Unique("site");
        await platform.Send(Batch(Enumerable.Range(0, 5).Reverse().Select(i => Reading(site, Now.AddMinutes(30 * (i - 5)), 100 + (5 * i)))));
        var unassigned = Assert.Single((await embassy.ListIdentities(@operator.Caller, new IdentityQuery(platform.Name, Unassigned: true), default)).Items);
        var (team, owner) = await city.NewTeam();

        var assigned = await embassy.AssignIdentity(@operator.Caller, new AssignIdentity(unassigned.Id, team.Id), default);
        await platform.Send(Reading(site, Now, 125m));

        Assert.Equal((5, 0), (unassigned.HeldReadings, assigned.HeldReadings));
        await Eventually.Equal(6, async () => (await Readings()).Count);
        Assert.Equal([0m, 5m, 5m, 5m, 5m, 5m], (await Readings()).OrderBy(r => r.Ts).Select(r => r.Delta.Value));

        async Task<IReadOnlyList<OracleReading>> Readings() => (await city.Get<IOracleService>().ListReadings(owner.Caller, new ReadingQuery(site, TeamId: team.Id), default)).Items;
    }

    [Fact]
    public async Task What_a_broken_off_release_left_behind_flows_on_by_itself()
    {
        var (platform, @operator, embassy) = await LetIn();
        var site = city.Unique("site");
        await platform.Send(Batch(Enumerable.Range(0, 20).Select(i => Reading(site, Now.AddMinutes(i - 30), 100 + i))));
        var (team, owner) = await city.NewTeam();
        await using var connection = await city.OpenDatabase();
        await using var brokenOff = new NpgsqlCommand("update embassy.embassy_identities set team_id = $1 where external_id = $2", connection) { Parameters = { new() { Value = team.Id.Value }, new() { Value = site } } };

        await brokenOff.ExecuteNonQueryAsync();

        await Eventually.Equal(
            20,
            async () => (await city.Get<IOracleService>().ListReadings(owner.Caller, new ReadingQuery(site, TeamId: team.Id), default)).Items.Count,
            TimeSpan.FromSeconds(60));
        var identity = Assert.Single((await embassy.ListIdentities(@operator.Caller, new IdentityQuery(platform.Name, TeamId: team.Id), default)).Items);
        Assert.Equal(0, identity.HeldReadings);
    }

    [Fact]
    public async Task No_reading_stays_held_when_its_site_gets_a_team_while_it_comes_in()
    {
        var (platform, @operator, embassy) = await LetIn();
        var site = city.Unique("site");
        await platform.Send(Reading(site, Now.AddHours(-20), 1m));
        var identity = Assert.Single((await embassy.ListIdentities(@operator.Caller, new IdentityQuery(platform.Name), default)).Items);
        var (team, _) = await city.NewTeam();

        var sending = Task.WhenAll(Enumerable.Range(1, 60).Select(i => platform.Send(Reading(site, Now.AddHours(-20).AddMinutes(i), 1m + i))));
        await embassy.AssignIdentity(@operator.Caller, new AssignIdentity(identity.Id, team.Id), default);
        var answers = await sending;

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.Equal(0, (await embassy.GetIdentity(@operator.Caller, new IdentityRef(identity.Id), default)).HeldReadings);
        await Eventually.Equal(61, async () =>
            (await city.Get<IOracleService>().ListReadings(@operator.Caller, new ReadingQuery(site, Limit: 200), default)).Items.Count(r => r.Compensates is null));
    }

    [Theory]
    [InlineData(SignatureStyle.XSignature)]
    [InlineData(SignatureStyle.StandardWebhooks)]
    public async Task A_test_reading_goes_the_same_way_as_one_from_outside(SignatureStyle style)
    {
        var (platform, @operator, embassy) = await LetIn("A");

        var sent = await embassy.SendTestReading(@operator.Caller, new SendTestReading(platform.Name, "A", Quantity.Of(12.5m), Style: style), default);

        Assert.Equal(DeliveryOutcome.Accepted, sent.Receipt.Status);
        var kept = await embassy.GetDelivery(@operator.Caller, new DeliveryRef(sent.Receipt.EventIds[0]), default);
        Assert.Equal(sent.Body, kept.Body);
        Assert.Equal(Quantity.Of(12.5m), Assert.Single(kept.Readings).Value);
    }

    [Fact]
    public async Task A_delivery_refused_while_suspended_is_accepted_on_replay()
    {
        var (platform, @operator, embassy) = await LetIn("A");
        await embassy.SuspendPlatform(@operator.Caller, new PlatformRef(platform.Name), default);
        await platform.Send(Reading("A", Now, 1m));
        await embassy.ResumePlatform(@operator.Caller, new PlatformRef(platform.Name), default);
        await Eventually.Equal(1, async () => (await Log()).Count);
        var refused = (await Log())[0];

        var first = await embassy.ReplayDelivery(@operator.Caller, new DeliveryRef(refused.Id), default);
        var second = await embassy.ReplayDelivery(@operator.Caller, new DeliveryRef(first.EventIds[0]), default);

        Assert.Equal(DeliveryOutcome.Accepted, first.Status);
        Assert.Equal(DeliveryOutcome.Duplicate, second.Status);

        async Task<IReadOnlyList<Delivery>> Log() => (await embassy.ListDeliveries(@operator.Caller, new DeliveryQuery(platform.Name, Outcome: DeliveryOutcome.Rejected), default)).Items;
    }

    [Fact]
    public async Task The_log_is_found_by_site_and_by_page()
    {
        var (platform, @operator, embassy) = await LetIn("A", "B");
        for (var i = 0; i < 5; i++)
        {
            await platform.Send(Batch(Reading("A", Now.AddMinutes(i), i), Reading("B", Now.AddMinutes(i), i)));
        }

        var first = await embassy.ListDeliveries(@operator.Caller, new DeliveryQuery(platform.Name, SiteId: "B", Limit: 3), default);
        var rest = await embassy.ListDeliveries(@operator.Caller, new DeliveryQuery(platform.Name, SiteId: "B", Limit: 3, Cursor: first.NextCursor), default);

        Assert.Equal((3, 2), (first.Items.Count, rest.Items.Count));
        Assert.Null(rest.NextCursor);
    }

    [Fact]
    public async Task A_change_on_a_stale_version_is_refused()
    {
        var (platform, @operator, embassy) = await LetIn();
        var version = (await embassy.GetPlatform(@operator.Caller, new PlatformRef(platform.Name), default)).Version;
        await embassy.UpdatePlatform(@operator.Caller, new UpdatePlatform(platform.Name, "One", ExpectedVersion: version), default);

        var failure = await Assert.ThrowsAsync<CityException>(() => embassy.UpdatePlatform(@operator.Caller, new UpdatePlatform(platform.Name, "Two", ExpectedVersion: version), default));

        Assert.Equal(ErrorCode.Conflict, failure.Code);
    }

    private async Task<(OutsidePlatform Platform, Person Operator, IEmbassyService Embassy)> LetIn(params string[] sites)
    {
        var @operator = await city.NewOperator();
        return (await OutsidePlatform.LetIn(city, @operator, (await city.NewTeam()).Team.Id, sites), @operator, city.Get<IEmbassyService>());
    }
}
