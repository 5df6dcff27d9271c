using Daarion.Core;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

/// <summary>A small vocabulary for questions to the PDP.</summary>
internal static class Facts
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    public static readonly TeamId City = Id<TeamKind>.WellKnown();
    public static readonly TeamId Kyiv = TeamId.New(Now);
    public static readonly UserId Olena = UserId.New(Now);
    public static readonly UserId Taras = UserId.New(Now);

    /// <summary>The registry of a new city.</summary>
    public static readonly PolicySnapshot NewCity = RegistrySeed.Of(CityModules.All).AsSnapshot(Now);

    public static DecisionFacts Person(UserId user, string action) =>
        new() { Kind = SubjectKind.User, SubjectId = user.Value, Person = user, Action = action, At = Now };

    public static DecisionFacts Key(string action, params string[] capabilities) => new()
    {
        Kind = SubjectKind.Service,
        SubjectId = "service:meter-reader",
        KeyId = "meter-reader",
        Key = new KeyFact("meter-reader", "Meter reader", null, null, capabilities),
        Action = action,
        At = Now,
    };

    /// <summary>An access key of Olena's for Kyiv: her own, or an agent's or integration's that belongs to her.</summary>
    public static DecisionFacts AccessKey(string action, SubjectKind kind, params string[] capabilities)
    {
        var subject = kind switch { SubjectKind.User => Olena.Value, SubjectKind.Agent => "agent:gardener", _ => "integration:crm" };
        return new()
        {
            Kind = kind,
            SubjectId = subject,
            Person = Olena,
            KeyId = "ak_1",
            Key = new KeyFact("ak_1", "Gardener", null, Now.AddDays(90), capabilities) { Access = new AccessGrant(kind, subject, Kyiv, Olena, [], null, null, []) },
            Action = action,
            At = Now,
        };
    }

    public static DecisionFacts In(this DecisionFacts facts, TeamMode mode = TeamMode.Public, TeamState state = TeamState.Active, TeamPlan plan = TeamPlan.Freemium) =>
        facts with { TeamId = Kyiv, Team = new TeamFact(Kyiv, "Kyiv", state, mode, plan), Resource = facts.Resource ?? ResourceRef.Team(Kyiv) };

    public static DecisionFacts As(this DecisionFacts facts, TeamRole role, ViewerType? viewer = null) =>
        facts with { Membership = new MembershipFact(facts.TeamId, facts.Person!.Value, role, viewer, Now.AddDays(-3)) };

    public static DecisionFacts AsOperator(this DecisionFacts facts, TeamRole role) =>
        facts with { Office = new MembershipFact(City, facts.Person!.Value, role, null, Now.AddDays(-3)) };

    public static DecisionFacts OnThingOf(this DecisionFacts facts, UserId owner, string kind = "payout") =>
        facts with { Resource = new ResourceRef(kind, $"{kind}_1", facts.TeamId == City ? null : facts.TeamId, owner.Value) };

    public static Verdict Decide(this DecisionFacts facts, PolicySnapshot? registry = null) => PolicyEngine.Decide(registry ?? NewCity, facts);
}
