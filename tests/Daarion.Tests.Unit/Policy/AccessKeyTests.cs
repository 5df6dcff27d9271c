using System.Net;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

/// <summary>What an access key may: what it was given, in its own team, within its owner, from its addresses.</summary>
public sealed class AccessKeyTests
{
    private static readonly TeamId Lviv = TeamId.New(Facts.Now);

    public static TheoryData<string, TeamRole, string[], string> Within => new()
    {
        { "team.update", TeamRole.Guardian, ["team.update"], Reasons.Ok },
        { "team.update", TeamRole.Guardian, ["team.read"], Reasons.CapabilityMissing },
        { "team.update", TeamRole.Guardian, [], Reasons.CapabilityMissing },
        { "team.update", TeamRole.Member, ["team.update"], Reasons.CapabilityMissing },
        { "team.plan.change", TeamRole.Guardian, ["team.plan.change"], Reasons.CapabilityMissing },
        { "team.plan.change", TeamRole.Owner, ["team.plan.change"], Reasons.Ok },
        { "task.create", TeamRole.Visitor, ["task.create"], Reasons.CapabilityMissing },
        { "task.create", TeamRole.Member, ["task.create"], Reasons.Ok },
        { "wallet.transfer", TeamRole.Member, ["wallet.transfer"], Reasons.RbacDenied },
        { "wallet.transfer", TeamRole.Owner, ["wallet.transfer"], Reasons.Ok },
        { "service.act_as", TeamRole.Owner, ["service.act_as"], Reasons.CapabilityMissing },
        { "access_key.create", TeamRole.Owner, ["access_key.create"], Reasons.RbacDenied },
        { "access_key.rotate", TeamRole.Owner, ["access_key.rotate"], Reasons.RbacDenied },
        { "access_key.revoke", TeamRole.Owner, ["access_key.revoke"], Reasons.Ok },
    };

    [Theory]
    [MemberData(nameof(Within))]
    public void A_key_may_what_it_was_given_within_its_owners_role(string action, TeamRole role, string[] caps, string reason)
    {
        Assert.Equal(reason, Key(action, SubjectKind.User, caps).In().As(role).Decide().Reason);
        Assert.Equal(reason, Key(action, SubjectKind.Integration, caps).In().As(role).Decide().Reason);
    }

    [Theory]
    [InlineData("wallet.balance.view")]
    [InlineData("wallet.transfer")]
    [InlineData("governance.vote.cast")]
    [InlineData("governance.read")]
    public void No_agent_touches_money_or_votes_whatever_its_key_says(string action) =>
        Assert.Equal(Reasons.RbacDenied, Key(action, SubjectKind.Agent, action).In().As(TeamRole.Owner).Decide().Reason);

    [Fact]
    public void A_key_holds_its_bundles_as_the_registry_has_them_now()
    {
        var question = Key("task.create", SubjectKind.Agent) with { };
        question = question with { Key = question.Key! with { Access = question.Grant! with { Bundles = ["agent.default", "custom.gone"] } } };

        Assert.True(question.In().As(TeamRole.Member).Decide().Allow);
        Assert.Equal(Reasons.CapabilityMissing, question.In().As(TeamRole.Member).Decide(Facts.NewCity.With(Facts.NewCity.Bundles.Where(bundle => bundle.Name != "agent.default"))).Reason);
    }

    [Fact]
    public void A_key_reaches_its_own_team_only_and_a_persons_their_own_things_outside_any()
    {
        var elsewhere = Key("team.read", SubjectKind.User, "team.read") with { TeamId = Lviv, Team = new TeamFact(Lviv, "Lviv", TeamState.Locked, TeamMode.Public, TeamPlan.Freemium), Resource = ResourceRef.Team(Lviv) };
        var mine = Key("user.update", SubjectKind.User, "user.update") with { Resource = ResourceRef.Own("user", null, Facts.Olena) };
        var agents = Key("user.update", SubjectKind.Agent, "user.update") with { Resource = ResourceRef.Own("user", null, Facts.Olena) };

        Assert.Equal(Reasons.NoRole, elsewhere.As(TeamRole.Owner).Decide().Reason);
        Assert.Equal(Reasons.NoRole, Key("capability.read", SubjectKind.User, "capability.read").AsOperator(TeamRole.Owner).Decide().Reason);
        Assert.True(mine.Decide().Allow);
        Assert.Equal(Reasons.NoRole, agents.Decide().Reason);
        Assert.Equal("role.other_team", PolicyEngine.Explain(Facts.NewCity, elsewhere.As(TeamRole.Owner)).Chain.Single(finding => finding.Factor == "role").Found!.Code);
    }

    [Fact]
    public void Without_its_owners_membership_a_key_opens_nothing() =>
        Assert.Equal(Reasons.NoRole, Key("team.read", SubjectKind.Agent, "team.read").In().Decide().Reason);

    [Fact]
    public void An_operators_office_counts_in_the_keys_team()
    {
        Assert.True(Key("team.update", SubjectKind.Integration, "team.update").In().AsOperator(TeamRole.Guardian).Decide().Allow);
        Assert.Equal(Reasons.CapabilityMissing, Key("team.update", SubjectKind.Integration, "team.update").In().AsOperator(TeamRole.Member).Decide().Reason);
    }

    [Theory]
    [InlineData(ViewerType.Reader, Reasons.RbacDenied)]
    [InlineData(ViewerType.Commenter, Reasons.RbacDenied)]
    [InlineData(ViewerType.Contributor, Reasons.Ok)]
    public void The_owners_viewer_type_cuts_the_key(ViewerType viewer, string reason) =>
        Assert.Equal(reason, Key("task.create", SubjectKind.Agent, "task.create").In().As(TeamRole.Member, viewer).Decide().Reason);

    [Fact]
    public void What_the_owner_may_with_their_own_things_the_key_may_with_those_and_no_others()
    {
        foreach (var kind in new[] { SubjectKind.User, SubjectKind.Integration })
        {
            var claim = Key("wallet.payout.claim", kind, "wallet.payout.claim").In().As(TeamRole.Member);
            Assert.True(claim.OnThingOf(Facts.Olena).Decide().Allow);
            Assert.Equal(Reasons.RbacDenied, claim.OnThingOf(Facts.Taras).Decide().Reason);
        }
    }

    [Fact]
    public void A_list_of_ones_own_is_for_a_person_and_their_key_and_for_no_agent_or_integration()
    {
        var list = Key("wallet.payout.view", SubjectKind.User, "wallet.payout.view") with { HeedsScope = true };
        var programs = Key("wallet.payout.view", SubjectKind.Integration, "wallet.payout.view") with { HeedsScope = true };

        Assert.Equal((true, DecisionScope.Own), (list.In().As(TeamRole.Member).Decide().Allow, list.In().As(TeamRole.Member).Decide().Scope));
        Assert.Equal(Reasons.RbacDenied, programs.In().As(TeamRole.Member).Decide().Reason);
        Assert.Equal((true, DecisionScope.All), (programs.In().As(TeamRole.Owner).Decide().Allow, programs.In().As(TeamRole.Owner).Decide().Scope));
    }

    [Fact]
    public void A_capability_given_for_ones_own_reaches_no_further_though_the_owner_does()
    {
        var narrow = Key("wallet.payout.view", SubjectKind.User);
        narrow = narrow with { HeedsScope = true, Key = narrow.Key! with { Access = narrow.Grant! with { OwnCapabilities = ["wallet.payout.view"] } } };

        Assert.Equal((true, DecisionScope.Own), (narrow.In().As(TeamRole.Owner).Decide().Allow, narrow.In().As(TeamRole.Owner).Decide().Scope));
        Assert.True(narrow.In().As(TeamRole.Owner).OnThingOf(Facts.Olena).Decide().Allow);
        Assert.Equal(Reasons.RbacDenied, narrow.In().As(TeamRole.Owner).OnThingOf(Facts.Taras).Decide().Reason);
        Assert.Equal("rbac.key_own", PolicyEngine.Explain(Facts.NewCity, narrow.In().As(TeamRole.Owner).OnThingOf(Facts.Taras)).Chain.Single(finding => finding.Factor == "rbac").Found!.Code);
    }

    [Fact]
    public void A_key_is_good_for_its_own_subject_only()
    {
        var agent = Key("team.read", SubjectKind.Agent, "team.read").In().As(TeamRole.Owner);

        Assert.True(agent.Decide().Allow);
        Assert.Equal(Reasons.KeyInvalid, (agent with { SubjectId = "agent:other" }).Decide().Reason);
        Assert.Equal(Reasons.KeyInvalid, (agent with { Kind = SubjectKind.Integration }).Decide().Reason);
        Assert.Equal(Reasons.KeyInvalid, (agent with { Kind = SubjectKind.Service }).Decide().Reason);
        Assert.Equal(Reasons.KeyInvalid, (Facts.Key("team.read", "team.read") with { Kind = SubjectKind.Agent, SubjectId = "agent:gardener" }).In().Decide().Reason);
        Assert.Equal(Reasons.KeyInvalid, (Key("team.read", SubjectKind.User, "team.read") with { Person = Facts.Taras, SubjectId = Facts.Taras.Value }).In().As(TeamRole.Owner).Decide().Reason);
        Assert.Equal(Reasons.CapabilityMissing, (agent with { KeyId = null, Key = null, Person = null, Membership = null }).Decide().Reason);
    }

    [Theory]
    [InlineData("192.0.2.7", Reasons.Ok)]
    [InlineData("::ffff:192.0.2.7", Reasons.Ok)]
    [InlineData("2001:db8:1::9", Reasons.Ok)]
    [InlineData("192.0.3.7", Reasons.KeyInvalid)]
    [InlineData("2001:db9::1", Reasons.KeyInvalid)]
    [InlineData(null, Reasons.KeyInvalid)]
    public void A_key_for_certain_addresses_comes_from_those(string? ip, string reason)
    {
        var question = Key("team.read", SubjectKind.Integration, "team.read");
        question = question with { Ip = ip is null ? null : IPAddress.Parse(ip), Key = question.Key! with { Access = question.Grant! with { Cidrs = ["192.0.2.0/24", "2001:db8::/32"] } } };

        Assert.Equal(reason, question.In().As(TeamRole.Owner).Decide().Reason);
    }

    [Fact]
    public void A_key_that_was_revoked_or_ran_out_says_so_first()
    {
        var good = Key("team.read", SubjectKind.User, "team.read").In().As(TeamRole.Owner);

        Assert.Equal(Reasons.KeyRevoked, (good with { Key = good.Key! with { Revoked = Facts.Now.AddMinutes(-1) } }).Decide().Reason);
        Assert.Equal(Reasons.KeyExpired, (good with { Key = good.Key! with { ExpiresAt = Facts.Now } }).Decide().Reason);
    }

    [Fact]
    public void On_an_access_list_an_agent_stands_by_its_own_name_and_its_owner_must_pass_as_well()
    {
        var agent = Key("chat.message.read", SubjectKind.Agent, "chat.message.read").In().As(TeamRole.Owner);
        var member = Key("chat.message.read", SubjectKind.Agent, "chat.message.read").In().As(TeamRole.Member);

        Assert.Equal(Reasons.AclBlock, OnList(agent, Facts.Olena.Value).Decide().Reason);
        Assert.True(OnList(agent, "agent:gardener").Decide().Allow);
        Assert.Equal(Reasons.AclBlock, OnList(member, "agent:gardener").Decide().Reason);
        Assert.True(OnList(member, "agent:gardener", "role.Member").Decide().Allow);

        static DecisionFacts OnList(DecisionFacts facts, params string[] acl) => facts with { Resource = new ResourceRef("channel", "c_1", Facts.Kyiv, null, acl) };
    }

    [Fact]
    public void Agents_and_integrations_get_summaries_of_what_is_confidential()
    {
        Assert.Equal(["summary_only"], Key("chat.message.read", SubjectKind.Integration, "chat.message.read").In(TeamMode.Confidential).As(TeamRole.Owner).Decide().Obligations);
        Assert.Empty(Key("chat.message.read", SubjectKind.User, "chat.message.read").In(TeamMode.Confidential).As(TeamRole.Owner).Decide().Obligations);
    }

    [Fact]
    public void In_a_locked_team_a_key_can_still_be_ended() =>
        Assert.True(Facts.Person(Facts.Olena, "access_key.revoke").In(state: TeamState.Locked).As(TeamRole.Owner).Decide().Allow);

    private static DecisionFacts Key(string action, SubjectKind kind, params string[] caps) => Facts.AccessKey(action, kind, caps);
}
