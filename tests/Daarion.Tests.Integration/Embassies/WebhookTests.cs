using System.Net;
using System.Text.Json;
using System.Text;
using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Testing;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Embassies;

/// <summary>Teams and platforms are told of events at addresses of theirs.</summary>
[Collection(CityCollection.Name)]
public sealed class WebhookTests(CityFixture city)
{
    private IWebhookService Webhooks => city.Get<IWebhookService>();

    [Fact]
    public async Task A_team_is_told_of_its_own_events_signed_so_that_a_library_verifies_them()
    {
        await using var receiver = await Receiver.Start();
        var (team, owner) = await city.NewTeam();
        var (other, _) = await city.NewTeam();
        var made = await Webhooks.CreateWebhook(owner.Caller, new CreateWebhook(receiver.Url.AbsoluteUri, ["payout.generated"], team.Id), default);
        await Wallets.Rewards.Bring(city, Wallets.Rewards.Movement(team.Id, "2.5"), Wallets.Rewards.Movement(other.Id, "7"));

        await Eventually.Equal(1, () => Task.FromResult(receiver.Got.Count));

        var told = receiver.Got.Single();
        var verified = JsonDocument.Parse(await Interop.Node("verify.mjs", made.Secret, told.Body, told.Id, told.Timestamp, told.Signature)).RootElement;
        Assert.Equal("payout.generated", verified.GetProperty("type").GetString());
        Assert.Equal((team.Id.Value, "2.500000000"), (verified.GetProperty("team_id").GetString(), verified.GetProperty("data").GetProperty("amount").GetString()));
        var message = (await Webhooks.ListWebhookMessages(owner.Caller, new WebhookMessageQuery(made.Id), default)).Items.Single();
        await Eventually.Equal(WebhookMessageState.Delivered, async () => (await Webhooks.GetWebhookMessage(owner.Caller, new WebhookMessageRef(made.Id, message.Id), default)).Message.State);
        Assert.Equal((told.Id, verified.GetProperty("event_id").GetString()), (message.Id.Value, message.EventId));
        Assert.Equal(told.Body, (await Webhooks.GetWebhookMessage(owner.Caller, new WebhookMessageRef(made.Id, message.Id), default)).Body);
        Assert.DoesNotContain(made.Secret, JsonSerializer.Serialize(await Webhooks.GetWebhook(owner.Caller, new WebhookRef(made.Id), default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_signs_deliveries_that_the_city_takes()
    {
        var (team, _) = await city.NewTeam();
        var site = city.Unique("site");
        var platform = await OutsidePlatform.LetIn(city, await city.NewOperator(), team.Id, site);
        var now = TimeProvider.System.GetUtcNow();
        var body = OutsidePlatform.Reading(site, now.AddMinutes(-1), 12.5m);
        var timestamp = now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

        var signature = (await Interop.Node("sign.mjs", platform.Secret, "msg_1", timestamp, body)).Trim();
        var answer = await platform.Post(Encoding.UTF8.GetBytes(body), ("X-Platform-Id", platform.Name), ("webhook-id", "msg_1"), ("webhook-timestamp", timestamp), ("webhook-signature", signature));

        Assert.Equal(202, answer.Status);
    }

    [Fact]
    public async Task A_platform_is_told_of_what_names_it()
    {
        await using var receiver = await Receiver.Start();
        var @operator = await city.NewOperator();
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("site");
        var platform = await OutsidePlatform.LetIn(city, @operator, team.Id, site);
        Assert.Equal(
            ErrorCode.Forbidden,
            (await Assert.ThrowsAsync<CityException>(() => Webhooks.CreateWebhook(owner.Caller, new CreateWebhook(receiver.Url.AbsoluteUri, ["oracle.*"], Platform: platform.Name), default))).Code);
        await Webhooks.CreateWebhook(@operator.Caller, new CreateWebhook(receiver.Url.AbsoluteUri, ["oracle.*"], Platform: platform.Name), default);

        await platform.Send(OutsidePlatform.Reading(site, TimeProvider.System.GetUtcNow().AddMinutes(-5), -3));

        await Eventually.Equal(1, () => Task.FromResult(receiver.Got.Count));
        Assert.Contains("\"type\":\"oracle.reading.rejected\"", receiver.Got.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_tried_again_and_a_replay_has_the_same_id()
    {
        await using var receiver = await Receiver.Start();
        var failures = 0;
        receiver.Answer = (_, _) => Interlocked.Increment(ref failures) == 1 ? 503 : 200;
        var (team, owner) = await city.NewTeam();
        var hook = await Webhooks.CreateWebhook(owner.Caller, new CreateWebhook(receiver.Url.AbsoluteUri, ["payout.*"], team.Id), default);

        var message = await Webhooks.TestWebhook(owner.Caller, new WebhookRef(hook.Id), default);
        await Eventually.Equal(1, async () => (await Message(owner, hook.Id, message.Id)).Attempts);
        var failed = await Message(owner, hook.Id, message.Id);
        Assert.Equal((WebhookMessageState.Waiting, 503, "status"), (failed.State, failed.LastStatus, failed.LastError));
        Assert.InRange(failed.NextAttemptAt!.Value - failed.LastAttemptAt!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        Assert.NotNull((await Webhooks.GetWebhook(owner.Caller, new WebhookRef(hook.Id), default)).FailingSince);

        await Eventually.Equal(WebhookMessageState.Delivered, async () => (await Message(owner, hook.Id, message.Id)).State, TimeSpan.FromSeconds(30));
        Assert.Null((await Webhooks.GetWebhook(owner.Caller, new WebhookRef(hook.Id), default)).FailingSince);
        await Webhooks.ReplayWebhookMessage(owner.Caller, new WebhookMessageRef(hook.Id, message.Id), default);
        await Eventually.Equal(3, () => Task.FromResult(receiver.Got.Count));
        Assert.Single(receiver.Got.Select(told => told.Id).Distinct());
    }

    [Fact]
    public async Task After_a_day_without_an_answer_and_at_once_where_it_is_gone_an_address_is_told_nothing_more()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 500;
        var (team, owner) = await city.NewTeam();
        var dead = await Webhooks.CreateWebhook(owner.Caller, new CreateWebhook(receiver.Url.AbsoluteUri, ["payout.*"], team.Id), default);
        var message = await Webhooks.TestWebhook(owner.Caller, new WebhookRef(dead.Id), default);
        await Eventually.Equal(1, async () => (await Message(owner, dead.Id, message.Id)).Attempts);

        // The day goes by.
        await using (var connection = await city.OpenDatabase())
        await using (var command = new NpgsqlCommand($"update embassy.webhook_messages set expires_at = now(), next_attempt_at = now() where id = '{message.Id}'", connection))
        {
            await command.ExecuteNonQueryAsync();
        }

        await Eventually.Equal("no_answer", async () => (await Webhooks.GetWebhook(owner.Caller, new WebhookRef(dead.Id), default)).DisabledReason);
        Assert.Equal(WebhookMessageState.Failed, (await Message(owner, dead.Id, message.Id)).State);
        var letters = Path.Combine(city.DataFolder, "mail");
        await Eventually.True(() => Directory.Exists(letters) && Directory.EnumerateFiles(letters, "*.eml").Any(letter => File.ReadAllText(letter).Contains(owner.Email, StringComparison.Ordinal)), "a letter goes to whoever made it");
        Assert.Equal("disabled", (await Assert.ThrowsAsync<CityException>(() => Webhooks.TestWebhook(owner.Caller, new WebhookRef(dead.Id), default))).Reason);
        receiver.Answer = (_, _) => 410;
        await Webhooks.EnableWebhook(owner.Caller, new WebhookRef(dead.Id), default);
        await Webhooks.TestWebhook(owner.Caller, new WebhookRef(dead.Id), default);
        await Eventually.Equal("gone", async () => (await Webhooks.GetWebhook(owner.Caller, new WebhookRef(dead.Id), default)).DisabledReason);
    }

    [Fact]
    public async Task After_a_rotation_messages_are_signed_with_both_secrets_until_the_overlap_is_over()
    {
        await using var receiver = await Receiver.Start();
        var (team, owner) = await city.NewTeam();
        var hook = await Webhooks.CreateWebhook(owner.Caller, new CreateWebhook(receiver.Url.AbsoluteUri, ["payout.*"], team.Id), default);
        var rotated = await Webhooks.RotateWebhookSecret(owner.Caller, new RotateWebhookSecret(hook.Id), default);
        await Webhooks.TestWebhook(owner.Caller, new WebhookRef(hook.Id), default);
        await Eventually.Equal(1, () => Task.FromResult(receiver.Got.Count));
        var last = await Webhooks.RotateWebhookSecret(owner.Caller, new RotateWebhookSecret(hook.Id, 0), default);
        await Webhooks.TestWebhook(owner.Caller, new WebhookRef(hook.Id), default);
        await Eventually.Equal(2, () => Task.FromResult(receiver.Got.Count));

        Assert.NotNull(rotated.PreviousSecretUntil);
        Assert.Equal([true, true, false, false, false, true], receiver.Got.SelectMany(told => new[] { hook.Secret, rotated.Secret, last.Secret }.Select(secret => Fits(told, secret))));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/hook#part", "url")]
    [InlineData("https://user:secret@example.org/", "url")]
    [InlineData("ftp://example.org/", "url")]
    [InlineData("/hook", "url")]
    [InlineData("https://example.org/", "events", "audit.event")]
    [InlineData("https://example.org/", "events", "payout.imagined")]
    [InlineData("https://example.org/", "events", "auth.*")]
    [InlineData("https://example.org/", "events", "*")]
    public async Task What_may_not_be_subscribed_is_refused_by_name(string url, string field, string type = "payout.*")
    {
        var (team, owner) = await city.NewTeam();

        var refused = await Assert.ThrowsAsync<CityException>(() => Webhooks.CreateWebhook(owner.Caller, new CreateWebhook(url, [type], team.Id), default));

        Assert.Equal([field], refused.Errors.Keys);
    }

    [Theory]
    [InlineData("https://127.0.0.1:{0}/")]
    [InlineData("https://localhost:{0}/")]
    [InlineData("https://[::1]:{0}/")]
    [InlineData("https://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("https://2130706433:{0}/")]
    [InlineData("https://0x7f.1:{0}/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("http://127.0.0.1:{0}/")]
    public async Task Nothing_is_sent_to_an_address_that_is_not_public(string url)
    {
        await using var receiver = await Receiver.Start();
        using var sender = new WebhookSender(new WebhookNetworks([]), TimeProvider.System);
        var target = new Uri(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, receiver.Url.Port));

        var attempt = await sender.Send(target, "msg_1", "{}", [PlatformKey.Of(PlatformKey.NewSecret())], default);

        Assert.Equal(("private_address", (int?)null), (attempt.Error, attempt.Status));
        Assert.Empty(receiver.Got);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_what_the_operator_allows_is_called()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, http) =>
        {
            http.Response.Headers.Location = new Uri(receiver.Url, "/elsewhere").AbsoluteUri;
            return 307;
        };
        using var sender = new WebhookSender(new WebhookNetworks([IPNetwork.Parse("127.0.0.0/8")]), TimeProvider.System);

        var attempt = await sender.Send(receiver.Url, "msg_1", "{}", [PlatformKey.Of(PlatformKey.NewSecret())], default);

        Assert.Equal((307, "status"), (attempt.Status, attempt.Error));
        Assert.Equal(["/"], receiver.Got.Select(told => told.Path));
    }

    [Fact]
    public void A_message_is_tried_for_a_day_ever_less_often()
    {
        var begun = new DateTimeOffset(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);
        var (now, attempts) = (begun, 0);
        var waits = new List<TimeSpan>();
        while (WebhookRules.Next(++attempts, now, begun + WebhookRules.Lifetime, null) is { } next)
        {
            waits.Add(next - now);
            now = next;
        }

        Assert.Equal(begun + WebhookRules.Lifetime, now);
        Assert.InRange(attempts, 8, 14);
        Assert.Equal(waits.Take(waits.Count - 1), waits.Take(waits.Count - 1).Order());
    }

    [Fact]
    public async Task A_stranger_does_not_learn_of_a_teams_webhooks()
    {
        var (team, owner) = await city.NewTeam();
        var hook = await Webhooks.CreateWebhook(owner.Caller, new CreateWebhook("https://example.org/", ["payout.*"], team.Id), default);
        var stranger = await city.NewPerson();

        var known = await Assert.ThrowsAsync<CityException>(() => Webhooks.GetWebhook(stranger.Caller, new WebhookRef(hook.Id), default));
        var unknown = await Assert.ThrowsAsync<CityException>(() => Webhooks.GetWebhook(stranger.Caller, new WebhookRef(WebhookId.New(TimeProvider.System.GetUtcNow())), default));

        Assert.True(known.Code is ErrorCode.Forbidden or ErrorCode.NotFound && unknown.Code is ErrorCode.Forbidden or ErrorCode.NotFound);
        await Webhooks.DeleteWebhook(owner.Caller, new WebhookRef(hook.Id), default);
        Assert.Empty((await Webhooks.ListWebhooks(owner.Caller, new WebhookQuery(team.Id), default)).Items);
    }

    private static bool Fits(Told told, string secret) => DeliverySignature.Check(
        new SignedDelivery("any", "energy", told.Timestamp, told.Signature, told.Id, Encoding.UTF8.GetBytes(told.Body)), PlatformKey.Of(secret), null, TimeProvider.System.GetUtcNow()) == SignatureState.Valid;

    private async Task<WebhookMessage> Message(Person owner, WebhookId hook, WebhookMessageId id) =>
        (await Webhooks.GetWebhookMessage(owner.Caller, new WebhookMessageRef(hook, id), default)).Message;
}
