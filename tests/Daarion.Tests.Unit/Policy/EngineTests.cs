using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

public sealed class EngineTests
{
    [Fact]
    public void A_service_key_may_what_it_holds_and_nothing_else()
    {
        Assert.True(Facts.Key("team.read", "team.read").Decide().Allow);
        Assert.Equal(Reasons.CapabilityMissing, Facts.Key("team.update", "team.read").Decide().Reason);
    }

    [Fact]
    public void Any_valid_service_key_may_ask_the_PDP() => Assert.True(Facts.Key("policy.decide").Decide().Allow);

    [Fact]
    public void A_key_that_acts_for_a_person_needs_act_as_and_the_persons_own_right()
    {
        var claim = Facts.Key("wallet.payout.claim", "wallet.payout.claim", "service.act_as") with { Person = Facts.Olena };

        Assert.True(claim.In().As(TeamRole.Owner).Decide().Allow);
        Assert.Equal(Reasons.NoRole, claim.In().Decide().Reason);
        Assert.Equal(Reasons.RbacDenied, claim.In().As(TeamRole.Member).OnThingOf(Facts.Taras).Decide().Reason);
        Assert.Equal(Reasons.CapabilityMissing, (claim with { Key = claim.Key! with { Capabilities = ["wallet.payout.claim"] } }).In().As(TeamRole.Owner).Decide().Reason);
        Assert.Equal(Reasons.CapabilityMissing, (claim with { Key = claim.Key! with { Capabilities = ["service.act_as"] } }).In().As(TeamRole.Owner).Decide().Reason);
    }

    [Theory]
    [InlineData(TeamRole.Owner, "team.update", true)]
    [InlineData(TeamRole.Guardian, "team.update", true)]
    [InlineData(TeamRole.Member, "team.update", false)]
    [InlineData(TeamRole.Member, "team.read", true)]
    public void An_operator_reaches_every_team_as_far_as_their_office_goes(TeamRole office, string action, bool allowed) =>
        Assert.Equal(allowed, Facts.Person(Facts.Olena, action).In(TeamMode.Confidential).AsOperator(office).Decide().Allow);

    [Fact]
    public void A_person_may_with_what_is_their_own_outside_any_team_what_some_role_may()
    {
        var mine = Facts.Person(Facts.Olena, "team.create") with { Resource = ResourceRef.Own("team", null, Facts.Olena) };

        Assert.True(mine.Decide().Allow);
        Assert.Equal(Reasons.NoRole, (mine with { Resource = ResourceRef.Own("team", null, Facts.Taras) }).Decide().Reason);
        Assert.Equal(Reasons.NoRole, (mine with { Resource = null }).Decide().Reason);
    }

    [Fact]
    public void A_member_who_holds_only_their_own_sees_a_list_of_their_own_and_changes_nothing_unnamed()
    {
        var list = (Facts.Person(Facts.Olena, "wallet.payout.view") with { HeedsScope = true }).In().As(TeamRole.Member).Decide();
        var change = (Facts.Person(Facts.Olena, "wallet.payout.claim") with { HeedsScope = true }).In().As(TeamRole.Member).Decide();

        Assert.Equal((true, DecisionScope.Own), (list.Allow, list.Scope));
        Assert.Equal(Reasons.RbacDenied, change.Reason);
    }

    [Fact]
    public void A_list_that_does_not_heed_the_scope_is_not_for_who_holds_only_their_own() =>
        Assert.Equal(Reasons.RbacDenied, Facts.Person(Facts.Olena, "wallet.payout.view").In().As(TeamRole.Member).Decide().Reason);

    [Theory]
    [InlineData("team.read")]
    [InlineData("user.read")]
    [InlineData("auth.session.read")]
    [InlineData("policy.decision.read")]
    [InlineData("capability.read")]
    public void A_Visitor_of_the_citys_own_team_sees_nothing_of_the_city(string action)
    {
        var question = Facts.Person(Facts.Olena, action) with { Resource = ResourceRef.City, HeedsScope = true };

        var visitor = question.As(TeamRole.Visitor).AsOperator(TeamRole.Visitor).Decide();

        Assert.Equal(Reasons.ConfidentialRestriction, visitor.Reason);
        Assert.True(question.As(TeamRole.Member).AsOperator(TeamRole.Member).Decide().Allow);
        Assert.True((question with { Resource = ResourceRef.Own("thing", null, Facts.Olena) }).As(TeamRole.Visitor).AsOperator(TeamRole.Visitor).Decide().Allow);
    }

    [Fact]
    public void Nobody_may_do_anything() =>
        Assert.Equal(Reasons.NoRole, (Facts.Person(Facts.Olena, "team.read") with { Person = null, SubjectId = "anonymous" }).Decide().Reason);

    [Fact]
    public void A_platform_delivers_only_with_a_bundle_of_its_own()
    {
        var delivery = new DecisionFacts { Kind = SubjectKind.Embassy, SubjectId = "embassy:energyunion", Platform = "energyunion", Action = "embassy.energy.update", At = Facts.Now };

        Assert.Equal(Reasons.CapabilityMissing, delivery.Decide().Reason);
        Assert.True(delivery.Decide(Facts.NewCity.Giving("platform.energyunion", "embassy.energy.update", new Grant(DecisionScope.All))).Allow);
    }

    [Fact]
    public void An_agent_in_a_confidential_team_gets_summaries_only()
    {
        var agent = Facts.AccessKey("chat.message.read", SubjectKind.Agent, "chat.message.read");

        Assert.Equal(["summary_only"], agent.In(TeamMode.Confidential).As(TeamRole.Member).Decide().Obligations);
        Assert.Empty(agent.In().As(TeamRole.Member).Decide().Obligations);
    }

    [Fact]
    public void A_refusal_says_what_would_have_to_change()
    {
        var refused = PolicyEngine.Explain(Facts.NewCity, Facts.Person(Facts.Olena, "team.plan.change").In().As(TeamRole.Guardian));

        var capability = refused.Chain.Single(finding => finding.Factor == "capability");
        Assert.Equal("capability.change_role", refused.Change?.Code);
        Assert.Contains("role.Owner", refused.Change?.Text, StringComparison.Ordinal);
        Assert.Equal(FactorResult.Fail, capability.Result);
        Assert.Contains(capability.Sources, source => source is { Kind: "registry", Version: 1 });
    }

    [Fact]
    public void An_allowance_names_the_bundle_and_the_membership_it_rests_on()
    {
        var allowed = PolicyEngine.Explain(Facts.NewCity, Facts.Person(Facts.Olena, "team.update").In().As(TeamRole.Guardian));

        var sources = allowed.Chain.SelectMany(finding => finding.Sources).ToList();
        Assert.Contains(sources, source => source is { Kind: "bundle", Id: "role.Guardian", Version: 1 });
        Assert.Contains(sources, source => source.Kind == "membership" && source.Id == Facts.Kyiv.Value && source.Since == Facts.Now.AddDays(-3));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        var question = Facts.Person(Facts.Olena, "team.update").In().As(TeamRole.Guardian);
        question.Decide();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            question.Decide();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }
}
