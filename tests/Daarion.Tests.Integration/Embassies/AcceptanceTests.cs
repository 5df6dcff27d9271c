using System.Text;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Embassies;

/// <summary>What a platform gets for what it sends.</summary>
[Collection(CityCollection.Name)]
public sealed class AcceptanceTests(CityFixture city)
{
    private static readonly DateTimeOffset Now = Timestamps.Truncate(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData(SignatureStyle.XSignature)]
    [InlineData(SignatureStyle.StandardWebhooks)]
    public async Task A_signed_reading_is_accepted_once(SignatureStyle style)
    {
        var platform = await WithSite("A");
        var reading = Reading("A", Now, 126.45m);

        var first = await platform.Send(reading, style);
        var again = await platform.Send(reading, style);

        Assert.Equal(202, first.Status);
        Assert.Single(first.EventIds);
        Assert.Equal(200, again.Status);
        Assert.Equal("duplicate", again.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Another_value_at_the_same_time_is_a_conflict()
    {
        var platform = await WithSite("A");
        await platform.Send(Reading("A", Now, 1m));

        var answer = await platform.Send(Reading("A", Now, 2m));

        Assert.Equal(409, answer.Status);
        Assert.Equal("conflict", answer.Code);
        Assert.Equal(200, (await platform.Send(Reading("A", Now, 1m))).Status);
    }

    [Fact]
    public async Task The_same_reading_id_or_webhook_id_is_a_duplicate_whatever_it_says()
    {
        var platform = await WithSite("A");
        await platform.Send(Reading("A", Now, 1m, "r-1"));
        await platform.Send(Reading("A", Now.AddMinutes(1), 2m), SignatureStyle.StandardWebhooks, "msg_1");

        Assert.Equal(200, (await platform.Send(Reading("A", Now.AddMinutes(2), 3m, "r-1"))).Status);
        Assert.Equal(200, (await platform.Send(Reading("A", Now.AddMinutes(3), 4m), SignatureStyle.StandardWebhooks, "msg_1")).Status);
    }

    [Fact]
    public async Task A_longer_batch_under_a_known_webhook_id_changes_nothing_however_many_come_at_once()
    {
        var platform = await WithSite("A");
        string Body(int count) => Batch(Enumerable.Range(0, count).Select(i => Reading("A", Now.AddMinutes(i), 10 + i)));

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(count => platform.Send(Body(count), SignatureStyle.StandardWebhooks, "msg_1")));
        var later = await platform.Send(Body(20), SignatureStyle.StandardWebhooks, "msg_1");

        var taken = Assert.Single(answers, answer => answer.Status == 202);
        Assert.Equal(200, later.Status);
        var whole = await platform.Send(Body(20), SignatureStyle.StandardWebhooks, "msg_2");
        Assert.Equal(20 - taken.EventIds.Count, whole.EventIds.Count);
    }

    [Fact]
    public async Task A_batch_takes_what_is_new_and_says_what_was_known()
    {
        var platform = await WithSite("A");
        var readings = Enumerable.Range(0, 6).Select(i => Reading("A", Now.AddMinutes(i), 10 + i)).ToList();

        var some = await platform.Send(Batch(readings.Take(4)));
        var mixed = await platform.Send(Batch(readings));
        var known = await platform.Send(Batch(readings));

        Assert.Equal((202, 4), (some.Status, some.EventIds.Count));
        Assert.Equal((202, 2), (mixed.Status, mixed.EventIds.Count));
        Assert.Equal([0, 1, 2, 3], mixed.Json.GetProperty("duplicates").EnumerateArray().Select(place => place.GetInt32()));
        Assert.Equal(200, known.Status);
    }

    [Fact]
    public async Task A_conflict_refuses_the_whole_batch_and_names_its_place()
    {
        var platform = await WithSite("A");
        await platform.Send(Reading("A", Now.AddMinutes(2), 12m));

        var answer = await platform.Send(Batch(Enumerable.Range(0, 5).Select(i => Reading("A", Now.AddMinutes(i), i == 2 ? 99 : 10 + i))));
        var own = await platform.Send(Batch(Reading("A", Now.AddMinutes(9), 1m), Reading("A", Now.AddMinutes(9), 2m)));

        Assert.Equal(409, answer.Status);
        Assert.Contains("readings[2]", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("readings[1]", own.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(202, (await platform.Send(Reading("A", Now, 10m))).Status);
    }

    [Fact]
    public async Task One_reading_sent_fifty_times_at_once_is_accepted_exactly_once()
    {
        var platform = await WithSite("A");
        var body = Reading("A", Now, 7m);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => platform.Send(body, i % 2 == 0 ? SignatureStyle.XSignature : SignatureStyle.StandardWebhooks)));

        Assert.Single(answers, answer => answer.Status == 202);
        Assert.Equal(49, answers.Count(answer => answer.Status == 200));
    }

    [Fact]
    public async Task Batches_that_overlap_and_come_at_once_take_each_reading_once()
    {
        var platform = await WithSite("A");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => platform.Send(Batch(Enumerable.Range(i * 10, 60).Select(n => Reading("A", Now.AddMinutes(-n), 1000 - n))))));

        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 202, answer.Text));
        Assert.Equal(170, answers.Where(answer => answer.Status == 202).Sum(answer => answer.EventIds.Count));
    }

    [Fact]
    public async Task Neighbours_in_a_group_have_their_own_outcomes()
    {
        var platform = await WithSite("A");
        await platform.Send(Reading("A", Now, 1m));

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => platform.Send(i % 4 == 0 ? Reading("A", Now, 2m) : Reading("A", Now.AddSeconds(i), 2m + i))));

        Assert.Equal(10, answers.Count(answer => answer.Status == 409));
        Assert.Equal(30, answers.Count(answer => answer.Status == 202));
    }

    [Fact]
    public async Task An_unknown_platform_and_a_bad_signature_get_the_same_answer()
    {
        var platform = await WithSite("A");
        var body = Encoding.UTF8.GetBytes(Reading("A", Now, 1m));
        var timestamp = $"{Now.ToUnixTimeSeconds()}";
        (string, string)[] forged = [("X-Timestamp", timestamp), ("X-Signature", $"sha256={new string('0', 64)}")];

        var unknown = await platform.Post(body, [("X-Platform-Id", "nobody"), .. forged]);
        var bad = await platform.Post(body, [("X-Platform-Id", platform.Name), .. forged]);
        var none = await platform.Post(body, ("X-Platform-Id", platform.Name));
        var stale = await platform.Send(body, clockOff: TimeSpan.FromMinutes(-6));

        Assert.All([unknown, bad, none, stale], answer => Assert.Equal(401, answer.Status));
        Assert.Single(new[] { unknown, bad, none, stale }.Select(answer => answer.Json.GetProperty("detail").GetString()).Distinct());
    }

    [Fact]
    public async Task Refusals_are_kept_with_their_body_only_where_it_was_signed()
    {
        var platform = await WithSite("A");
        var @operator = await city.NewOperator();
        var embassy = city.Get<IEmbassyService>();
        await platform.Send("""{"colour":"red"}""");
        await platform.Post(Encoding.UTF8.GetBytes(Reading("A", Now, 1m)), ("X-Platform-Id", platform.Name));

        await Eventually.Equal(2, async () => (await Refused()).Count);

        var refused = await Refused();
        Assert.Equal([SignatureState.Missing, SignatureState.Valid], refused.Select(d => d.SignatureState).Order().Reverse());
        var signed = await embassy.GetDelivery(@operator.Caller, new DeliveryRef(refused.Single(d => d.SignatureState == SignatureState.Valid).Id), default);
        Assert.Equal("""{"colour":"red"}""", signed.Body);
        Assert.Equal("invalid_payload", signed.Delivery.Reason);
        Assert.Equal(0, refused.Single(d => d.SignatureState == SignatureState.Missing).BodyBytes);

        async Task<IReadOnlyList<Delivery>> Refused() =>
            (await embassy.ListDeliveries(@operator.Caller, new DeliveryQuery(platform.Name, Outcome: DeliveryOutcome.Rejected), default)).Items;
    }

    [Fact]
    public async Task An_Owner_reads_what_came_for_their_team_and_nothing_that_came_for_another()
    {
        var ((mine, owner), (theirs, other), @operator) = (await city.NewTeam(), await city.NewTeam(), await city.NewOperator());
        var platform = await LetIn(city, @operator, mine.Id, "A");
        var embassy = city.Get<IEmbassyService>();
        await embassy.CreateIdentity(@operator.Caller, new CreateIdentity(platform.Name, "B", TeamId: theirs.Id), default);
        var alone = new DeliveryRef((await platform.Send(Reading("A", Now, 1m))).EventIds[0]);
        var mixed = new DeliveryRef((await platform.Send(Batch(Reading("A", Now.AddMinutes(1), 2m), Reading("B", Now.AddMinutes(1), 5m)))).EventIds[0]);

        var whole = await embassy.GetDelivery(owner.Caller, alone, default);
        var part = await embassy.GetDelivery(owner.Caller, mixed, default);
        var refused = await Assert.ThrowsAsync<CityException>(() => embassy.GetDelivery(other.Caller, alone, default));
        var stranger = await city.NewPerson();
        var absent = await Assert.ThrowsAsync<CityException>(() => embassy.GetDelivery(stranger.Caller, new DeliveryRef(EmbassyId.New(Now)), default));

        Assert.Equal(("A", mine.Id), (Assert.Single(whole.Readings).SiteId, whole.Readings[0].TeamId!.Value));
        Assert.NotNull(whole.Body);
        Assert.Equal("A", Assert.Single(part.Readings).SiteId);
        Assert.Null(part.Body);
        Assert.Equal(2, (await embassy.GetDelivery(@operator.Caller, mixed, default)).Readings.Count);
        Assert.Equal((refused.Code, refused.Reason), (absent.Code, absent.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"readings\":[null]}")]
    [InlineData("{\"site_id\":\"\\ud800\"}")]
    [InlineData("{\"site_id\":\"A\",\"unit\":\"kwh\",\"value\":1e400,\"ts\":\"2026-11-14T12:00:00Z\"}")]
    [InlineData("{\"site_id\":\"A\",\"unit\":\"kwh\",\"value\":\"99999999999999999999999999999\",\"ts\":\"2026-11-14T12:00:00Z\"}")]
    [InlineData("{\"site_id\":\"A\\u0000\",\"unit\":\"kwh\",\"value\":1,\"ts\":\"2026-11-14T12:00:00Z\"}")]
    [InlineData("{\"site_id\":\"A\",\"unit\":\"kwh\",\"value\":1,\"ts\":\"9999-12-31T23:59:59.999-14:00\"}")]
    public async Task A_hostile_body_is_a_bad_request_and_nothing_else(string body) => Assert.Equal(400, (await (await WithSite("A")).Send(body)).Status);

    [Fact]
    public async Task Random_bytes_are_never_a_failure_of_ours()
    {
        var platform = await WithSite("A");
        var good = Encoding.UTF8.GetBytes(Reading("A", Now, 5m, "id"));
        var random = new Random(7);

        for (var i = 0; i < 200; i++)
        {
            var body = good.ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var answer = await platform.Send(body);
            Assert.True(answer.Status is 200 or 202 or 400 or 409, $"{answer.Status} for {Convert.ToBase64String(body)}: {answer.Text}");
        }
    }

    [Fact]
    public async Task Extreme_but_well_formed_readings_are_accepted()
    {
        var platform = await WithSite("A");

        foreach (var (value, ts) in new[] { ("\"9999999999999999999\"", "9999-12-31T23:59:59.999Z"), ("-1", "1970-01-01T00:00:00Z"), ("0.000000000000001", "2026-11-14T12:00:00+14:00") })
        {
            var answer = await platform.Send($$"""{"site_id":"A","unit":"MWh","value":{{value}},"ts":"{{ts}}"}""");
            Assert.True(answer.Status == 202, answer.Text);
        }
    }

    private async Task<OutsidePlatform> WithSite(params string[] sites) => await LetIn(city, await city.NewOperator(), (await city.NewTeam()).Team.Id, sites);
}
