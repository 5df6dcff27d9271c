using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Gateway;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.AccessKeys;

/// <summary>A key's life: made, used, rotated, revoked.</summary>
[Collection(CityCollection.Name)]
public sealed class KeyLifeTests(CityFixture city)
{
    private IAccessKeyService Keys => city.Get<IAccessKeyService>();

    [Fact]
    public async Task A_key_made_over_HTTP_works_on_the_public_API_from_its_first_second()
    {
        var (client, _) = await city.Browser();
        using var session = client;
        using var team = await client.PostAsJsonAsync("/api/v1/teams", new { name = city.Unique("Сад") });
        var id = (await team.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        using var answer = await client.PostAsJsonAsync($"/api/v1/teams/{id}/keys", new { name = "Мій скрипт", caps = new[] { "team.read", "team.update" }, expires_in = 3600 });
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var secret = made.GetProperty("secret").GetString()!;
        var read = await city.Call(secret, $"/api/v1/teams/{id}");
        var changed = await KeyHolder.Call(city.Public, secret, $"/api/v1/teams/{id}", HttpMethod.Patch, new { name = city.Unique("Гай") });
        var beyond = await KeyHolder.Call(city.Public, secret, $"/api/v1/teams/{id}", HttpMethod.Delete);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.StartsWith(made.GetProperty("id").GetString() + ".", secret, StringComparison.Ordinal);
        Assert.InRange(made.GetProperty("expires_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(59), DateTimeOffset.UtcNow.AddMinutes(61));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (read.Status, changed.Status));
        Assert.Equal((HttpStatusCode.Forbidden, Reasons.CapabilityMissing), (beyond.Status, beyond.Reason));
    }

    [Fact]
    public async Task A_rotated_key_has_two_good_secrets_for_the_overlap_and_then_one()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");

        var overlapping = await Keys.Rotate(owner.Caller, new RotateAccessKey(made.Id, 600), default);
        var (old, fresh) = (await city.Call(made.Secret, $"/api/v1/teams/{team.Id}"), await city.Call(overlapping.Secret, $"/api/v1/teams/{team.Id}"));
        var cut = await Keys.Rotate(owner.Caller, new RotateAccessKey(made.Id, 0), default);
        var before = await city.Call(overlapping.Secret, $"/api/v1/teams/{team.Id}");
        var now = await city.Call(cut.Secret, $"/api/v1/teams/{team.Id}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (old.Status, fresh.Status));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (before.Status, now.Status));
        Assert.Equal(HttpStatusCode.Unauthorized, (await city.Call(made.Secret, $"/api/v1/teams/{team.Id}")).Status);
        Assert.NotNull(overlapping.Key.OverlapUntil);
        Assert.Null(cut.Key.OverlapUntil);
        Assert.Equal("overlap_seconds", (await Assert.ThrowsAsync<CityException>(() => Keys.Rotate(owner.Caller, new RotateAccessKey(made.Id, 86_401), default))).Errors.Keys.Single());
    }

    [Fact]
    public async Task A_revoked_key_is_refused_before_the_revocation_returns()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");
        Assert.Equal(HttpStatusCode.OK, (await city.Call(made.Secret, $"/api/v1/teams/{team.Id}")).Status);

        var revoked = await Keys.Revoke(owner.Caller, new RevokeAccessKey(made.Id), default);

        var refused = await city.Call(made.Secret, $"/api/v1/teams/{team.Id}");
        Assert.Equal((HttpStatusCode.Unauthorized, Reasons.KeyRevoked), (refused.Status, refused.Reason));
        Assert.Contains("invalid_token", refused.Challenge, StringComparison.Ordinal);
        Assert.Equal(AccessKeyStatus.Revoked, revoked.Status);
        // Who was let in a moment before is refused by the PDP all the same.
        Assert.Equal(Reasons.KeyRevoked, (await Decide(owner.Id.Value, SubjectKind.User, "team.read", team.Id, made.Id)).Reason);
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<CityException>(() => Keys.Revoke(owner.Caller, new RevokeAccessKey(made.Id), default))).Code);
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<CityException>(() => Keys.Rotate(owner.Caller, new RotateAccessKey(made.Id), default))).Code);
    }

    [Fact]
    public async Task A_service_key_makes_and_ends_keys_over_the_internal_listener_within_what_it_holds()
    {
        var (team, owner) = await city.NewTeam();
        using var scripts = await city.ServiceClient("access_key.create", "access_key.read", "access_key.revoke", "team.read");

        using var answer = await scripts.PostAsJsonAsync("/internal/v1/access-key", new { subject = "integration:crm", team_id = team.Id.Value, name = "CRM", caps = new[] { "team.read" }, budget_1t = "5", rate = 60, cidrs = new[] { "127.0.0.0/8" } });
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        using var more = await scripts.PostAsJsonAsync("/internal/v1/access-key", new { subject = new { id = "crm", kind = "integration" }, team_id = team.Id.Value, name = "CRM", caps = new[] { "team.update" } });
        var used = await city.Call(made.GetProperty("secret").GetString()!, $"/api/v1/teams/{team.Id}");
        using var ended = await scripts.PostAsync($"/internal/v1/access-key/{made.GetProperty("id").GetString()}/revoke", null);
        var after = await city.Call(made.GetProperty("secret").GetString()!, $"/api/v1/teams/{team.Id}");
        using var list = await scripts.GetAsync($"/internal/v1/access-key?team_id={team.Id}&include_revoked=true");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Forbidden), (answer.StatusCode, more.StatusCode));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (used.Status, ended.StatusCode, after.Status));
        var listed = (await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray().Single();
        Assert.Equal((owner.Id.Value, "revoked", "5.000000000"), (listed.GetProperty("owner_id").GetString(), listed.GetProperty("status").GetString(), listed.GetProperty("budget_1t").GetString()));
        var fact = (await city.Get<IEnumerable<IKeyFacts>>().Last(source => source is ISecretFacts).Key(made.GetProperty("id").GetString()!, default))!.Access!;
        Assert.Equal((60, 5m), (fact.PerMinute, fact.Budget1T));
    }

    [Fact]
    public async Task A_key_opens_neither_the_internal_listener_nor_a_page_of_the_console()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");

        var inside = await KeyHolder.Call(city.Internal, made.Secret, $"/internal/v1/team/{team.Id}", HttpMethod.Get);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/teams");
        page.Headers.Authorization = new("Bearer", made.Secret);
        using var console = await city.Public.SendAsync(page);

        Assert.Equal(HttpStatusCode.Unauthorized, inside.Status);
        Assert.NotEqual(HttpStatusCode.OK, console.StatusCode);
    }

    [Fact]
    public async Task A_bad_key_is_refused_even_beside_a_good_session()
    {
        var (client, _) = await city.Browser();
        using var session = client;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.Authorization = new("Bearer", $"{AccessKeyId.New(TimeProvider.System.GetUtcNow())}.{OneTimeToken.New()}");

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Of_a_wrong_secret_is_told_the_same_whether_the_key_is_good_or_revoked_or_never_was()
    {
        var (team, owner) = await city.NewTeam();
        var (good, revoked) = (await city.MakeKey(owner, team.Id, null, "team.read"), await city.MakeKey(owner, team.Id, null, "team.read"));
        await Keys.Revoke(owner.Caller, new RevokeAccessKey(revoked.Id), default);
        var wrong = OneTimeToken.New();

        var answers = new List<Called>();
        foreach (var id in new[] { good.Id, revoked.Id, AccessKeyId.New(TimeProvider.System.GetUtcNow()) })
        {
            answers.Add(await city.Call($"{id}.{wrong}", $"/api/v1/teams/{team.Id}"));
        }

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Unauthorized, null), (answer.Status, answer.Reason)));
        Assert.Single(answers.Select(answer => answer.Body.GetProperty("detail").GetString()).Distinct());
    }

    [Fact]
    public async Task The_secret_is_in_no_row_and_no_event_and_no_log()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, "agent:gardener", "team.read");
        var rotated = await Keys.Rotate(owner.Caller, new RotateAccessKey(made.Id), default);
        await city.Call(rotated.Secret, $"/api/v1/teams/{team.Id}");
        await Keys.Revoke(owner.Caller, new RevokeAccessKey(made.Id), default);

        foreach (var secret in new[] { made.Secret, rotated.Secret }.Select(whole => whole.Split('.')[1]))
        {
            Assert.Equal(0L, await Scalar($"select count(*) from outbox.outbox_events where payload::text like '%{secret}%' or headers::text like '%{secret}%'"));
            Assert.Equal(0L, await Scalar($"select count(*) from capabilities.access_keys k where k::text like '%{secret}%'"));
            Assert.DoesNotContain(city.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }

        Assert.Equal(
            ["access_key.created", "access_key.rotated", "access_key.revoked"],
            (await Topics(made.Id)).Where(topic => topic is not ("access_key.used" or "audit.event")));
        Assert.Equal(3, (await Topics(made.Id)).Count(topic => topic == "audit.event"));
    }

    [Fact]
    public async Task A_use_is_noted_once_a_minute_with_its_time_and_address()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");
        for (var i = 0; i < 5; i++)
        {
            await city.Call(made.Secret, $"/api/v1/teams/{team.Id}");
        }

        await Eventually.True(async () => (await Keys.Get(owner.Caller, new GetAccessKey(made.Id), default)).LastUsedAt is not null, () => "the use is noted");
        var now = TimeProvider.System.GetUtcNow();
        var again = await Keys.NoteUse(CityFixture.Service(ServiceName.Capabilities), new NoteAccessKeyUse(made.Id, now, "192.0.2.7"), default);
        var later = await Keys.NoteUse(CityFixture.Service(ServiceName.Capabilities), new NoteAccessKeyUse(made.Id, now.AddMinutes(2), "192.0.2.7"), default);

        Assert.Equal((false, true), (again.Noted, later.Noted));
        Assert.Equal("192.0.2.7", (await Keys.Get(owner.Caller, new GetAccessKey(made.Id), default)).LastUsedIp);
        Assert.Equal(2, (await Topics(made.Id)).Count(topic => topic == "access_key.used"));
    }

    [Fact]
    public async Task A_key_for_certain_addresses_is_refused_from_others()
    {
        var (team, owner) = await city.NewTeam();
        var here = await Keys.Create(owner.Caller, new CreateAccessKey(team.Id, "Тут", Caps: ["team.read"], Cidrs: ["127.0.0.1", "2001:db8::/32"]), default);
        var there = await Keys.Create(owner.Caller, new CreateAccessKey(team.Id, "Там", Caps: ["team.read"], Cidrs: ["192.0.2.0/24"]), default);

        var (good, bad) = (await city.Call(here.Secret, $"/api/v1/teams/{team.Id}"), await city.Call(there.Secret, $"/api/v1/teams/{team.Id}"));
        var asked = await Decide(owner.Id.Value, SubjectKind.User, "team.read", team.Id, there.Id, "192.0.2.9");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, Reasons.KeyInvalid), (good.Status, bad.Status, bad.Reason));
        Assert.True(asked.Allow);
        Assert.Equal("cidrs", (await Assert.ThrowsAsync<CityException>(() => Keys.Create(owner.Caller, new CreateAccessKey(team.Id, "Ні", Cidrs: ["192.0.2.0/33"]), default))).Errors.Keys.Single());
    }

    [Fact]
    public async Task A_key_ends_by_itself_and_lives_a_year_at_most()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");
        var tomorrow = await Decide(owner.Id.Value, SubjectKind.User, "team.read", team.Id, made.Id, at: TimeProvider.System.GetUtcNow().AddDays(91));

        Assert.InRange(made.ExpiresAt, DateTimeOffset.UtcNow.AddDays(89.9), DateTimeOffset.UtcNow.AddDays(90.1));
        Assert.Equal(Reasons.KeyExpired, tomorrow.Reason);
        foreach (var seconds in new[] { 0, -1, 59, (365 * 24 * 3600) + 1 })
        {
            Assert.Equal("expires_in", (await Assert.ThrowsAsync<CityException>(() => Keys.Create(owner.Caller, new CreateAccessKey(team.Id, "Ні", ExpiresIn: seconds), default))).Errors.Keys.Single());
        }
    }

    [Fact]
    public async Task An_idempotency_key_does_not_give_a_secret_again_and_not_to_another_key()
    {
        var (client, _) = await city.Browser();
        using var session = client;
        using var team = await client.PostAsJsonAsync("/api/v1/teams", new { name = city.Unique("Сад") });
        var id = (await team.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        client.DefaultRequestHeaders.Add("Idempotency-Key", city.Unique("once"));

        using var first = await client.PostAsJsonAsync($"/api/v1/teams/{id}/keys", new { name = "Раз" });
        using var second = await client.PostAsJsonAsync($"/api/v1/teams/{id}/keys", new { name = "Раз" });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task The_database_keeps_a_key_whose_it_is_and_a_revoked_one_revoked()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");
        await Keys.Revoke(owner.Caller, new RevokeAccessKey(made.Id), default);

        var raised = await Assert.ThrowsAsync<PostgresException>(() => Scalar($"update capabilities.access_keys set revoked_at = null, revoked_by = null where id = '{made.Id}'"));
        var moved = await Assert.ThrowsAsync<PostgresException>(() => Scalar($"update capabilities.access_keys set team_id = 't_city' where id = '{made.Id}'"));

        Assert.Equal((PostgresErrorCodes.RestrictViolation, PostgresErrorCodes.RestrictViolation), (raised.SqlState, moved.SqlState));
    }

    [Fact]
    public async Task Who_can_and_what_can_name_the_key()
    {
        var reader = await city.NewOperator();
        var (team, owner) = await city.NewTeam();
        var made = await Keys.Create(owner.Caller, new CreateAccessKey(team.Id, "Агент", KeySubject.Parse("agent:gardener"), Bundles: ["agent.default"], Cidrs: ["192.0.2.0/24"]), default);

        var able = await city.Get<IAccessReviewService>().WhoCan(reader.Caller, new WhoCan("task.create", team.Id, Page: new PageRequest(200)), default);
        var mine = await city.Get<IAccessReviewService>().WhatCan(owner.Caller, new WhatCan(made.Id.Value), default);
        var why = await city.Get<IPolicyService>().Explain(CityFixture.Service(ServiceName.Capabilities), new DecisionRequest(new SubjectRef("gardener", SubjectKind.Agent), "task.create", team.Id, KeyId: made.Id.Value, Context: new DecisionContext("192.0.2.1")), default);

        var agent = able.Items.Single(one => one.Subject.Id == "agent:gardener");
        Assert.Equal(made.Id.Value, agent.KeyId);
        Assert.Contains(agent.Via, source => source is { Kind: "bundle", Id: "agent.default" });
        Assert.Contains(mine.Items, one => one.Capability == "task.create");
        Assert.DoesNotContain(mine.Items, one => one.Capability is "team.delete" or "wallet.transfer");
        Assert.True(why.Allow);
        Assert.Contains(why.Chain.Single(finding => finding.Factor == "capability").Sources, source => source is { Kind: "bundle", Id: "agent.default" });
        Assert.Contains(why.Chain.Single(finding => finding.Factor == "capability").Sources, source => source is { Kind: "bundle", Id: "role.Owner" });
    }

    private Task<DecisionAnswer> Decide(string subject, SubjectKind kind, string action, TeamId team, AccessKeyId key, string? ip = null, DateTimeOffset? at = null) => city.Get<IPolicyService>().Decide(
        CityFixture.Service(ServiceName.Capabilities), new DecisionRequest(new SubjectRef(subject, kind), action, team, KeyId: key.Value, Context: new DecisionContext(ip, At: at)), default);

    private async Task<object?> Scalar(string sql)
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task<IReadOnlyList<string>> Topics(AccessKeyId key)
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand("select topic from outbox.outbox_events where sequence_key = $1 order by sequence", connection) { Parameters = { new() { Value = key.Value } } };
        await using var reader = await command.ExecuteReaderAsync();
        var topics = new List<string>();
        while (await reader.ReadAsync())
        {
            topics.Add(reader.GetString(0));
        }

        return topics;
    }
}
