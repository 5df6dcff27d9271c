using System.Net;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.AccessKeys;

/// <summary>Nobody gets more by a key than they have.</summary>
[Collection(CityCollection.Name)]
public sealed class KeyBoundsTests(CityFixture city)
{
    private IAccessKeyService Keys => city.Get<IAccessKeyService>();

    [Fact]
    public async Task A_member_makes_keys_for_themselves_only_and_a_guardian_for_agents_and_integrations()
    {
        var (team, owner) = await city.NewTeam();
        var (guardian, member) = (await city.NewMember(team.Id, owner, TeamRole.Guardian), await city.NewMember(team.Id, owner));

        var mine = await city.MakeKey(member, team.Id, null, "task.create");
        var agents = await city.MakeKey(guardian, team.Id, "agent:gardener");
        var forAgent = await Refused(() => city.MakeKey(member, team.Id, "agent:gardener"));
        var forOther = await Refused(() => city.MakeKey(member, team.Id, owner.Id.Value));
        var asOwner = await Refused(() => city.MakeKey(guardian, team.Id, owner.Id.Value, "team.delete"));
        var stranger = await Refused(async () => await city.MakeKey(await city.NewPerson(), team.Id, null));

        Assert.Equal((member.Id, member.Id.Value), (mine.Key.OwnerId, mine.Key.Subject.Value));
        Assert.Equal((guardian.Id, "agent.default"), (agents.Key.OwnerId, agents.Key.Bundles.Single()));
        Assert.All(new[] { forAgent, forOther, asOwner, stranger }, refusal => Assert.Equal(ErrorCode.Forbidden, refusal.Code));
    }

    [Theory]
    [InlineData("caps", "team.plan.change")]
    [InlineData("caps", "service.act_as")]
    [InlineData("caps", "access_key.create")]
    [InlineData("caps", "access_key.rotate")]
    [InlineData("caps", "nobody.has.this")]
    [InlineData("caps", "wallet.balance.view")]
    [InlineData("caps", "governance.vote.cast:own")]
    [InlineData("bundles", "role.Owner")]
    [InlineData("bundles", "city.Owner")]
    [InlineData("bundles", "plan.Premium")]
    [InlineData("bundles", "service.default")]
    [InlineData("bundles", "platform.default")]
    [InlineData("bundles", "custom.nothing")]
    public async Task What_no_key_or_no_agent_or_not_its_owner_may_have_is_refused_by_name(string field, string name)
    {
        var (team, owner) = await city.NewTeam();
        var guardian = await city.NewMember(team.Id, owner, TeamRole.Guardian);
        var request = new CreateAccessKey(team.Id, "Агент", KeySubject.Parse("agent:gardener"), field == "bundles" ? [name] : null, field == "caps" ? [name] : null);

        var refused = await Refused(() => Keys.Create(guardian.Caller, request, default));

        Assert.Equal((ErrorCode.InvalidPayload, field), (refused.Code, refused.Errors.Keys.Single()));
        Assert.Contains(name.Replace(":own", string.Empty, StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_key_makes_or_rotates_keys_even_one_that_belongs_to_the_Owner()
    {
        var (team, owner) = await city.NewTeam();
        var key = await city.MakeKey(owner, team.Id, null, "access_key.read", "access_key.revoke", "team.read");
        var other = await city.MakeKey(owner, team.Id, "agent:gardener");

        var made = await city.Call(key.Secret, $"/api/v1/teams/{team.Id}/keys", new { name = "Ще один" });
        var rotated = await city.Call(key.Secret, $"/api/v1/keys/{other.Id}/rotate", new { });
        var itself = await city.Call(key.Secret, $"/api/v1/keys/{key.Id}/rotate", new { });
        var listed = await city.Call(key.Secret, $"/api/v1/teams/{team.Id}/keys");
        var ended = await city.Call(key.Secret, $"/api/v1/keys/{other.Id}/revoke", new { });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (made.Status, rotated.Status, itself.Status));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (listed.Status, ended.Status));
    }

    [Fact]
    public async Task Whoever_takes_a_new_secret_holds_all_that_it_opens()
    {
        var (team, owner) = await city.NewTeam();
        var (guardian, member) = (await city.NewMember(team.Id, owner, TeamRole.Guardian), await city.NewMember(team.Id, owner));
        var payer = await city.MakeKey(owner, team.Id, "integration:payer", "wallet.transfer");
        var reader = await city.MakeKey(owner, team.Id, "integration:reader", "team.update");
        var personal = await city.MakeKey(member, team.Id, null, "task.create");

        var payers = await Refused(() => Keys.Rotate(guardian.Caller, new RotateAccessKey(payer.Id), default));
        var readers = await Keys.Rotate(guardian.Caller, new RotateAccessKey(reader.Id), default);
        var personals = await Refused(() => Keys.Rotate(owner.Caller, new RotateAccessKey(personal.Id), default));
        var strange = await Refused(async () => await Keys.Rotate((await city.NewPerson()).Caller, new RotateAccessKey(reader.Id), default));
        var gone = await Refused(async () => await Keys.Rotate((await city.NewPerson()).Caller, new RotateAccessKey(AccessKeyId.New(TimeProvider.System.GetUtcNow())), default));

        Assert.Equal((ErrorCode.Forbidden, ErrorCode.Forbidden), (payers.Code, personals.Code));
        Assert.Equal(reader.Id, readers.Id);
        // Whether there is such a key is not told to whoever has no business with it.
        Assert.Equal((ErrorCode.NotFound, gone.Message), (strange.Code, strange.Message));
    }

    [Fact]
    public async Task A_member_sees_and_ends_their_own_keys_and_no_others()
    {
        var (team, owner) = await city.NewTeam();
        var member = await city.NewMember(team.Id, owner);
        var (theirs, mine) = (await city.MakeKey(owner, team.Id, null), await city.MakeKey(member, team.Id, null));

        var listed = await Keys.List(member.Caller, new ListAccessKeys(team.Id), default);
        var refused = await Refused(() => Keys.Revoke(member.Caller, new RevokeAccessKey(theirs.Id), default));
        await Keys.Revoke(member.Caller, new RevokeAccessKey(mine.Id), default);

        Assert.Equal([mine.Id], listed.Items.Select(key => key.Id));
        Assert.Equal(ErrorCode.Forbidden, refused.Code);
        Assert.Empty((await Keys.List(member.Caller, new ListAccessKeys(team.Id), default)).Items);
        Assert.Equal([mine.Id], (await Keys.List(member.Caller, new ListAccessKeys(team.Id, IncludeRevoked: true), default)).Items.Select(key => key.Id));
        Assert.Equal(2, (await Keys.List(owner.Caller, new ListAccessKeys(team.Id, IncludeRevoked: true), default)).Items.Count);
    }

    [Fact]
    public async Task An_owner_who_is_demoted_or_removed_takes_the_key_with_them_at_once()
    {
        var (team, owner) = await city.NewTeam();
        var guardian = await city.NewMember(team.Id, owner, TeamRole.Guardian);
        var mine = await city.MakeKey(guardian, team.Id, null, "team.update", "team.read");
        var agent = await city.MakeKey(guardian, team.Id, "agent:gardener", "team.update", "team.read");
        var members = city.Get<IMembershipService>();

        var before = (await Rename(mine), await Rename(agent));
        await members.ChangeRole(owner.Caller, new ChangeMemberRole(team.Id, guardian.Id, TeamRole.Member), default);
        var demoted = (await Rename(mine), await Rename(agent));
        await members.Remove(owner.Caller, new RemoveMember(team.Id, guardian.Id), default);
        var removed = (await Rename(mine), await Rename(agent));

        Assert.Equal((null, null), before);
        Assert.Equal((Reasons.CapabilityMissing, Reasons.CapabilityMissing), demoted);
        Assert.Equal((Reasons.NoRole, Reasons.NoRole), removed);

        async Task<string?> Rename(AccessKeySecret key) =>
            (await KeyHolder.Call(city.Public, key.Secret, $"/api/v1/teams/{team.Id}", HttpMethod.Patch, new { name = city.Unique("Гай") })).Reason;
    }

    [Fact]
    public async Task A_key_tells_nothing_of_another_team_and_a_persons_key_knows_its_person()
    {
        var (here, owner) = await city.NewTeam();
        var there = await city.Get<ITeamService>().Create(owner.Caller, new CreateTeam(city.Unique("Таємниця")), default);
        var mine = await city.MakeKey(owner, here.Id, null, "team.read", "user.read");
        var agent = await city.MakeKey(owner, here.Id, "agent:gardener", "team.read");

        var (me, who) = (await city.Call(mine.Secret, "/api/v1/me"), await city.Call(agent.Secret, "/api/v1/me"));
        var (elsewhere, agents) = (await city.Call(mine.Secret, $"/api/v1/teams/{there.Id}"), await city.Call(agent.Secret, $"/api/v1/teams/{there.Id}"));

        Assert.Equal((HttpStatusCode.OK, owner.Id.Value), (me.Status, me.Body.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.Forbidden, who.Status);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (elsewhere.Status, agents.Status));
        Assert.DoesNotContain("Таємниця", elsewhere.Text + agents.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operators_key_of_the_citys_team_makes_no_service_key()
    {
        var @operator = await city.NewOperator();
        var refused = await Refused(() => city.MakeKey(@operator, Id<TeamKind>.WellKnown(), null, "auth.service_key.manage"));
        var reader = await city.MakeKey(@operator, Id<TeamKind>.WellKnown(), null, "capability.read");

        Assert.Equal(ErrorCode.InvalidPayload, refused.Code);
        Assert.Equal(HttpStatusCode.OK, (await city.Call(reader.Secret, "/api/v1/capabilities?limit=1")).Status);
    }

    [Fact]
    public async Task An_operator_sees_and_ends_a_key_of_any_team_also_of_a_locked_one()
    {
        var @operator = await city.NewOperator();
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, null, "team.read");
        await city.Get<ITeamService>().Update(owner.Caller, new UpdateTeam(team.Id, State: TeamState.Locked), default);

        var ended = await Keys.Revoke(@operator.Caller, new RevokeAccessKey(made.Id), default);

        Assert.Equal(AccessKeyStatus.Revoked, ended.Status);
    }

    private static async Task<CityException> Refused(Func<Task> attempt) => await Assert.ThrowsAsync<CityException>(attempt);
}
