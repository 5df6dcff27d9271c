using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Policy;

[Collection(CityCollection.Name)]
public sealed class DecisionTests(CityFixture city)
{
    private static readonly Caller Anyone = Caller.ForService(ServiceName.Capabilities);

    [Fact]
    public async Task A_member_who_is_removed_may_nothing_from_that_moment_on()
    {
        var (team, owner) = await city.NewTeam();
        var member = await city.NewPerson();
        var members = city.Get<IMembershipService>();
        await members.Add(owner.Caller, new AddMember(team.Id, member.Id, Role: TeamRole.Guardian), default);
        Assert.True((await Ask(member, "team.update", team.Id)).Allow);

        await members.Remove(owner.Caller, new RemoveMember(team.Id, member.Id), default);

        Assert.Equal(Reasons.NoRole, (await Ask(member, "team.update", team.Id)).Reason);
    }

    [Fact]
    public async Task A_member_who_is_added_may_from_that_moment_on()
    {
        var (team, owner) = await city.NewTeam();
        var member = await city.NewPerson();
        Assert.Equal(Reasons.NoRole, (await Ask(member, "team.update", team.Id)).Reason);

        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, member.Id, Role: TeamRole.Guardian), default);

        Assert.True((await Ask(member, "team.update", team.Id)).Allow);
    }

    [Fact]
    public async Task A_key_that_is_revoked_opens_nothing_from_that_moment_on()
    {
        var keys = city.Get<IServiceKeyService>();
        var auth = Caller.ForService(ServiceName.Auth);
        var key = await keys.Create(auth, new CreateServiceKey(city.Unique("key"), ["team.read"]), default);
        var question = new DecisionRequest(new SubjectRef(key.ClientId.Value, SubjectKind.Service), "team.read");
        Assert.True((await city.Get<IPolicyService>().Decide(Anyone, question, default)).Allow);

        await keys.Revoke(auth, new RevokeServiceKey(key.ClientId), default);

        Assert.Equal(Reasons.KeyRevoked, (await city.Get<IPolicyService>().Decide(Anyone, question, default)).Reason);
    }

    [Fact]
    public async Task A_refusal_is_in_the_log_with_its_chain()
    {
        var (team, _) = await city.NewTeam();
        var stranger = await city.NewPerson();
        var reader = await city.NewOperator();
        var policy = city.Get<IPolicyService>();

        var refused = await Ask(stranger, "team.update", team.Id);

        await Eventually.True(async () => (await Log(reader, stranger)).Items.Any(line => line.Id == refused.DecisionId), () => "the refusal is in the log");
        var kept = await policy.GetDecision(reader.Caller, new DecisionRef(refused.DecisionId), default);
        Assert.Equal((false, Reasons.NoRole, "team.update", team.Id), (kept.Allow, kept.Reason, kept.Action, kept.TeamId));
        Assert.Equal(FactorResult.Fail, kept.Chain.Single(finding => finding.Factor == "role").Result);
        Assert.Equal("role.join", kept.Change?.Code);
        Assert.Empty((await policy.ListDecisions(reader.Caller, new DecisionFilter(Subject: stranger.Id.Value, Allow: true), default)).Items);
        Assert.NotEmpty((await policy.ListDecisions(reader.Caller, new DecisionFilter(Subject: stranger.Id.Value, Action: "team.", Reason: Reasons.NoRole, TeamId: team.Id), default)).Items);
    }

    [Fact]
    public async Task A_refusal_explains_itself_from_the_moment_it_is_made()
    {
        var (team, _) = await city.NewTeam();
        var stranger = await city.NewPerson();
        var refused = await Assert.ThrowsAsync<CityException>(() => city.Get<ITeamService>().Update(stranger.Caller, new UpdateTeam(team.Id, "Моя"), default));

        var why = await city.Get<IPolicyService>().GetDecision(stranger.Caller, new DecisionRef(DecisionId.Parse(refused.DecisionId!)), default);

        Assert.Equal((false, refused.Reason), (why.Allow, why.Reason));
        Assert.NotEmpty(why.Chain);
    }

    [Fact]
    public async Task A_person_reads_their_own_decisions_and_nobody_elses()
    {
        var (team, owner) = await city.NewTeam();
        var (stranger, other) = (await city.NewPerson(), await city.NewPerson());
        var policy = city.Get<IPolicyService>();
        var refused = await Ask(stranger, "team.update", team.Id);

        await Eventually.True(async () => (await Log(stranger, stranger)).Items.Any(line => line.Id == refused.DecisionId), () => "the refusal is in the log");

        Assert.Equal(refused.DecisionId, (await policy.GetDecision(stranger.Caller, new DecisionRef(refused.DecisionId), default)).DecisionId);
        var hidden = await Assert.ThrowsAsync<CityException>(() => policy.GetDecision(other.Caller, new DecisionRef(refused.DecisionId), default));
        Assert.Equal(ErrorCode.Forbidden, hidden.Code);
        var list = await Assert.ThrowsAsync<CityException>(() => Log(other, stranger));
        Assert.Equal(ErrorCode.Forbidden, list.Code);
        Assert.True((await policy.Explain(owner.Caller, new DecisionRequest(new SubjectRef(owner.Id.Value, SubjectKind.User), "team.update", team.Id), default)).Allow);
        await Assert.ThrowsAsync<CityException>(() => policy.Explain(owner.Caller, new DecisionRequest(new SubjectRef(other.Id.Value, SubjectKind.User), "team.update", team.Id), default));
    }

    [Fact]
    public async Task A_stranger_learns_of_a_team_neither_its_name_nor_how_it_stands()
    {
        var (team, owner) = await city.NewTeam("Таємний сад");
        var stranger = await city.NewPerson();
        await city.Get<ITeamService>().Update(owner.Caller, new UpdateTeam(team.Id, State: TeamState.Locked), default);
        var policy = city.Get<IPolicyService>();
        var question = new DecisionRequest(new SubjectRef(stranger.Id.Value, SubjectKind.User), "team.update", team.Id);
        var nowhere = question with { TeamId = TeamId.New(TimeProvider.System.GetUtcNow()) };

        var explained = await policy.Explain(stranger.Caller, question, default);
        var asked = await Assert.ThrowsAsync<CityException>(() => city.Get<ITeamService>().Update(stranger.Caller, new UpdateTeam(team.Id, "Мій сад"), default));
        var own = await policy.Explain(owner.Caller, question with { Subject = new SubjectRef(owner.Id.Value, SubjectKind.User) }, default);

        Assert.DoesNotContain("Таємний сад", JsonSerializer.Serialize(explained, CityJson.Options), StringComparison.Ordinal);
        Assert.Equal(explained.Reason, (await policy.Explain(stranger.Caller, nowhere, default)).Reason);
        Assert.Equal((await policy.Decide(stranger.Caller, nowhere, default)).Reason, (await policy.Decide(stranger.Caller, question, default)).Reason);
        Assert.Equal(Reasons.NoRole, asked.Reason);
        Assert.Equal(Reasons.TeamLocked, own.Reason);
        Assert.Contains(own.Chain, finding => finding.Found?.Text.Contains(team.Name, StringComparison.Ordinal) == true);
        await Eventually.True(async () => (await Log(stranger, stranger)).Items.Any(line => line.Id.Value == asked.DecisionId), () => "the refusal is in the log");
        var kept = await policy.GetDecision(stranger.Caller, new DecisionRef(DecisionId.Parse(asked.DecisionId!)), default);
        Assert.DoesNotContain(team.Name, JsonSerializer.Serialize(kept, CityJson.Options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_service_key_asks_the_PDP_over_HTTP()
    {
        var (team, owner) = await city.NewTeam();
        using var client = await city.ServiceClient("team.read");
        var question = new { subject = new { id = owner.Id.Value, kind = "user" }, team_id = team.Id.Value, action = "team.update" };

        var decided = await Post(client, "/pdp/decide", question);
        var explained = await Post(client, "/pdp/explain", question with { action = "city.team.suspend" });
        var batch = await Post(client, "/pdp/decide/batch", new { requests = new[] { question, question with { action = "wallet.unheard_of" } } });

        Assert.Equal((true, "ok"), (decided.GetProperty("allow").GetBoolean(), decided.GetProperty("reason").GetString()));
        Assert.StartsWith("dec_", decided.GetProperty("decision_id").GetString(), StringComparison.Ordinal);
        Assert.Equal(["pass", "pass", "pass", "fail", "not_reached"], explained.GetProperty("chain").EnumerateArray().Take(5).Select(factor => factor.GetProperty("result").GetString()));
        Assert.Equal(["ok", "capability_missing"], batch.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_wrong_question_is_told_what_is_wrong_with_it()
    {
        using var client = await city.ServiceClient("team.read");
        var question = new { subject = new { id = "t_notaperson", kind = "user" }, action = "team.read" };

        using var wrong = await client.PostAsJsonAsync("/pdp/decide", question);
        using var tooMany = await client.PostAsJsonAsync("/pdp/decide/batch", new { requests = Enumerable.Repeat(question, 201) });
        using var outside = await city.Public.PostAsJsonAsync("/pdp/decide", question);
        using var keyless = await city.Internal.PostAsJsonAsync("/pdp/decide", question);

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized],
            new[] { wrong, tooMany, outside, keyless }.Select(answer => answer.StatusCode));
    }

    private Task<DecisionAnswer> Ask(Person person, string action, TeamId team) =>
        city.Get<IPolicyService>().Decide(Anyone, new DecisionRequest(new SubjectRef(person.Id.Value, SubjectKind.User), action, team), default);

    private Task<Page<DecisionRecord>> Log(Person reader, Person about) =>
        city.Get<IPolicyService>().ListDecisions(reader.Caller, new DecisionFilter(Subject: about.Id.Value), default);

    private static async Task<JsonElement> Post(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
