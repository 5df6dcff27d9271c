using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

[Collection(CityCollection.Name)]
public sealed class ServiceKeyTests(CityFixture city)
{
    private static readonly Caller Terminal = Caller.ForService(ServiceName.Auth);

    private IServiceKeyService Keys => city.Get<IServiceKeyService>();

    [Fact]
    public async Task A_key_gets_a_token_and_may_what_it_holds_and_nothing_else()
    {
        var key = await Key("user.read");
        var person = await city.NewPerson();

        using var client = await Client(key);
        using var found = await client.GetAsync($"/internal/v1/user?email={person.Email}");
        using var refused = await client.GetAsync("/internal/v1/team");

        Assert.Equal(person.Id.Value, (await found.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_key_makes_a_team_for_its_owner()
    {
        var key = await Key("team.create", "team.read");
        var owner = await city.NewPerson();
        using var client = await Client(key);

        using var made = await client.PostAsJsonAsync("/internal/v1/team/create", new { name = city.Unique("Сонячний двір"), mode = "public", owner_user_id = owner.Id.Value });

        var team = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(("public", "active", "freemium"), (team.GetProperty("mode").GetString(), team.GetProperty("state").GetString(), team.GetProperty("plan").GetString()));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_before_revoking_has_returned()
    {
        var key = await Key("user.read");
        var person = await city.NewPerson();
        using var client = await Client(key);
        using var before = await client.GetAsync($"/internal/v1/user?email={person.Email}");

        await Keys.Revoke(Terminal, new RevokeServiceKey(key.ClientId), default);
        using var after = await client.GetAsync($"/internal/v1/user?email={person.Email}");
        using var token = await Token(key.ClientId.Value, key.ClientSecret);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Contains(after.StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized });
        Assert.Contains(token.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized });
    }

    [Fact]
    public async Task The_token_of_a_revoked_key_is_not_active_from_that_moment_on()
    {
        var (key, asking) = (await Key("user.read"), await Key("user.read"));
        using var made = await Token(key.ClientId.Value, key.ClientSecret);
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;

        var before = await Introspect(key, token);
        await Keys.Revoke(Terminal, new RevokeServiceKey(key.ClientId), default);
        var after = await Introspect(asking, token);

        Assert.True(before.GetProperty("active").GetBoolean());
        Assert.Equal(key.ClientId.Value, before.GetProperty("sub").GetString());
        Assert.Equal("""{"active":false}""", JsonSerializer.Serialize(after));
    }

    [Fact]
    public async Task A_service_keys_token_is_not_taken_back_by_itself_and_the_answer_says_so()
    {
        var key = await Key("user.read");
        var person = await city.NewPerson();
        using var made = await Token(key.ClientId.Value, key.ClientSecret);
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        using var client = await Client(key);

        using var own = await city.Public.PostAsync("/connect/revoke", Form(key, token));
        using var nothing = await city.Public.PostAsync("/connect/revoke", Form(key, "no-token-at-all"));
        using var still = await client.GetAsync($"/internal/v1/user?email={person.Email}");

        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_token_type"), (own.StatusCode, (await own.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.OK, nothing.StatusCode);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_are_good_for_the_overlap()
    {
        var key = await Key("user.read");

        var rotated = await Keys.Rotate(Terminal, new RotateServiceKey(key.ClientId, OverlapMinutes: 60), default);
        using var old = await Token(key.ClientId.Value, key.ClientSecret);
        using var fresh = await Token(key.ClientId.Value, rotated.ClientSecret);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (old.StatusCode, fresh.StatusCode));
    }

    [Fact]
    public async Task Without_an_overlap_the_old_secret_is_bad_at_once()
    {
        var key = await Key("user.read");

        await Keys.Rotate(Terminal, new RotateServiceKey(key.ClientId, OverlapMinutes: 0), default);
        using var old = await Token(key.ClientId.Value, key.ClientSecret);

        Assert.Contains(old.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized });
    }

    [Fact]
    public async Task A_key_gets_no_capability_that_the_city_does_not_know()
    {
        var failure = await Assert.ThrowsAsync<CityException>(() => Key("user.read", "moon.landing"));

        Assert.Equal(ErrorCode.InvalidPayload, failure.Code);
        Assert.Contains("moon.landing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_manages_service_keys_makes_them()
    {
        var person = await city.NewPerson();

        var failure = await Assert.ThrowsAsync<CityException>(() => Keys.Create(person.Caller, new CreateServiceKey("mine", ["user.read"]), default));

        Assert.Equal(ErrorCode.Forbidden, failure.Code);
    }

    [Fact]
    public async Task Nobody_gets_more_through_a_key_than_they_hold_for_the_whole_city()
    {
        // The first operator of a city is its Owner.
        var (_, guardian) = (await city.NewOperator(), await city.NewOperator());

        var made = await Keys.Create(guardian.Caller, new CreateServiceKey(city.Unique("key"), ["team.read", "city.team.suspend"]), default);
        var beyond = await Assert.ThrowsAsync<CityException>(() => Keys.Create(guardian.Caller, new CreateServiceKey(city.Unique("key"), ["team.read", "team.owner.transfer"]), default));
        var byRoleInTheCityOnly = await Assert.ThrowsAsync<CityException>(() => Keys.Create(guardian.Caller, new CreateServiceKey(city.Unique("key"), ["agent.create"]), default));
        var actingForOthers = await Assert.ThrowsAsync<CityException>(() => Keys.Create(guardian.Caller, new CreateServiceKey(city.Unique("key"), ["service.act_as"]), default));

        Assert.Equal(["city.team.suspend", "team.read"], made.Key.Capabilities);
        Assert.All([beyond, byRoleInTheCityOnly, actingForOthers], failure => Assert.Equal(ErrorCode.Forbidden, failure.Code));
        Assert.Contains("team.owner.transfer", beyond.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_secret_is_only_for_who_could_have_made_the_key()
    {
        // The first operator of a city is its Owner.
        var (_, guardian) = (await city.NewOperator(), await city.NewOperator());
        var key = await Key("team.owner.transfer");

        var failure = await Assert.ThrowsAsync<CityException>(() => Keys.Rotate(guardian.Caller, new RotateServiceKey(key.ClientId), default));
        var revoked = await Keys.Revoke(guardian.Caller, new RevokeServiceKey(key.ClientId), default);

        Assert.Equal(ErrorCode.Forbidden, failure.Code);
        Assert.NotNull(revoked.RevokedAt);
    }

    [Fact]
    public async Task The_token_says_what_the_key_holds_and_lives_for_ten_minutes()
    {
        var key = await Key("user.read", "team.read");

        using var answer = await Token(key.ClientId.Value, key.ClientSecret);

        var token = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var payload = JsonSerializer.Deserialize<JsonElement>(System.Buffers.Text.Base64Url.DecodeFromChars(token.GetProperty("access_token").GetString()!.Split('.')[1]));
        Assert.InRange(token.GetProperty("expires_in").GetInt32(), 590, 600);
        Assert.Equal("team.read user.read", payload.GetProperty("scope").GetString());
        Assert.Equal(key.ClientId.Value, payload.GetProperty("sub").GetString());
    }

    [Fact]
    public async Task A_token_asked_for_with_fewer_scopes_may_only_those()
    {
        var person = await city.NewPerson();
        var key = await Key("user.read", "team.read", "team.create", "service.act_as");
        using var narrow = await Client(key, "user.read");
        using var withoutActAs = await Client(key, "team.create");
        withoutActAs.DefaultRequestHeaders.Add("Daarion-Subject", person.Id.Value);

        using var asked = await narrow.GetAsync($"/internal/v1/user?email={person.Email}");
        using var beyond = await narrow.GetAsync("/internal/v1/team");
        using var acting = await withoutActAs.PostAsJsonAsync("/internal/v1/team/create", new { name = "Двір" });
        using var decide = await narrow.PostAsJsonAsync("/pdp/decide", new { subject = new { id = person.Id.Value, kind = "user" }, action = "team.create" });

        var refusal = await beyond.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Equal((HttpStatusCode.Forbidden, "capability_missing"), (beyond.StatusCode, refusal.GetProperty("reason").GetString()));
        Assert.Equal(HttpStatusCode.Forbidden, acting.StatusCode);
        Assert.Equal(HttpStatusCode.OK, decide.StatusCode);
    }

    [Fact]
    public async Task A_refusal_of_a_narrow_token_says_so()
    {
        var key = await Key("user.read", "team.read");
        var boss = await city.NewOperator();
        using var narrow = await Client(key, "user.read");
        using var beyond = await narrow.GetAsync("/internal/v1/team");
        var decision = DecisionId.Parse((await beyond.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("decision_id").GetString()!);
        DecisionExplanation? kept = null;

        await Eventually.True(
            async () =>
            {
                try
                {
                    kept = await city.Get<IPolicyService>().GetDecision(boss.Caller, new DecisionRef(decision), default);
                }
                catch (CityException e) when (e.Code == ErrorCode.NotFound)
                {
                    return false;
                }

                return true;
            },
            () => "the refusal is in the log");

        Assert.Equal("capability.narrowed", kept!.Chain.Single(finding => finding.Factor == "capability").Found?.Code);
        Assert.Equal("capability.ask_wider", kept.Change?.Code);
    }

    [Fact]
    public async Task A_token_for_more_than_the_key_holds_is_refused()
    {
        var key = await Key("user.read");

        using var answer = await Token(key.ClientId.Value, key.ClientSecret, "city.wallet.audit");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_scope", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not-a-token")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJha18wMSJ9.")]
    public async Task A_forged_token_is_not_let_in(string token)
    {
        using var client = new HttpClient { BaseAddress = city.InternalUrl };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");

        using var answer = await client.GetAsync("/internal/v1/team");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_acts_for_a_person_only_with_the_capability_for_it()
    {
        var person = await city.NewPerson();
        using var without = await Client(await Key("team.create"));
        using var with = await Client(await Key("team.create", "service.act_as"));
        without.DefaultRequestHeaders.Add("Daarion-Subject", person.Id.Value);
        with.DefaultRequestHeaders.Add("Daarion-Subject", person.Id.Value);

        using var refused = await without.PostAsJsonAsync("/internal/v1/team/create", new { name = "Двір" });
        using var made = await with.PostAsJsonAsync("/internal/v1/team/create", new { name = "Двір" });

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(person.Id.Value, (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("owner_user_id").GetString());
    }

    [Fact]
    public async Task Nothing_kept_of_a_key_is_its_secret()
    {
        var key = await Key("user.read");
        await using var database = await city.OpenDatabase();
        await using var command = new Npgsql.NpgsqlCommand("select to_jsonb(k)::text from auth.service_keys k where client_id = $1", database) { Parameters = { new() { Value = key.ClientId.Value } } };

        var row = (string)(await command.ExecuteScalarAsync())!;

        Assert.DoesNotContain(key.ClientSecret, row, StringComparison.Ordinal);
        Assert.DoesNotContain(city.Log.Lines, line => line.Contains(key.ClientSecret, StringComparison.Ordinal));
    }

    private Task<ServiceKeySecret> Key(params string[] capabilities) => Keys.Create(Terminal, new CreateServiceKey(city.Unique("key"), capabilities), default);

    private async Task<HttpResponseMessage> Token(string id, string secret, string? scope = null)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = secret };
        if (scope is not null)
        {
            fields["scope"] = scope;
        }

        using var form = new FormUrlEncodedContent(fields);
        return await city.Public.PostAsync("/connect/token", form);
    }

    private async Task<JsonElement> Introspect(ServiceKeySecret key, string token)
    {
        using var answer = await city.Public.PostAsync("/connect/introspect", Form(key, token));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static FormUrlEncodedContent Form(ServiceKeySecret key, string token) => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["client_id"] = key.ClientId.Value,
        ["client_secret"] = key.ClientSecret,
        ["token"] = token,
    });

    private async Task<HttpClient> Client(ServiceKeySecret key, string? scope = null)
    {
        using var answer = await Token(key.ClientId.Value, key.ClientSecret, scope);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        var client = new HttpClient { BaseAddress = city.InternalUrl };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", JsonDocument.Parse(body).RootElement.GetProperty("access_token").GetString());
        return client;
    }
}
