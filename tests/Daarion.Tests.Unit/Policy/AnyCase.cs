using System.Collections.Frozen;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Unit.Policy;

/// <summary>A registry and a question to it.</summary>
public sealed record Case(PolicySnapshot Registry, DecisionFacts Facts)
{
    public Verdict Decide() => PolicyEngine.Decide(Registry, Facts);

    public override string ToString() =>
        $"{Facts}{Environment.NewLine}{string.Join(Environment.NewLine, Registry.Bundles.Select(bundle => $"{bundle.Name}: {string.Join(", ", bundle.Grants)}"))}";
}

/// <summary>A case in which an access key asks.</summary>
public sealed record KeyCase(Case Case)
{
    public DecisionFacts Facts => Case.Facts;

    public Verdict Decide() => Case.Decide();

    /// <summary>The same question, asked by the owner of the key.</summary>
    public Verdict AskedByOwner() => PolicyEngine.Decide(Case.Registry, Facts with { Kind = SubjectKind.User, SubjectId = Facts.Person!.Value.Value, KeyId = null, Key = null });
}

/// <summary>Makes cases out of few names, so that questions and registries meet.</summary>
public static class AnyCase
{
    private static readonly string[] ActionNames = ["team.read", "team.update", "team.state.change", "wallet.payout.claim", "wallet.payout.view", "chat.message.send", "service.act_as", "access_key.create", "unknown.thing"];
    private static readonly string[] ServiceBundles = ["service.default", "service.rwa", "platform.default", "platform.energyunion", "plan.Freemium", "plan.Premium", "agent.default", "custom.garden"];

    public static readonly string[] RoleBundles = ["role.Owner", "role.Guardian", "role.Member", "role.Visitor", "city.Owner", "city.Guardian", "city.Member"];

    public static Arbitrary<KeyCase> KeyCases() => (
        from any in Cases().Generator
        from kind in Gen.Elements(SubjectKind.User, SubjectKind.Agent, SubjectKind.Integration)
        from held in Gen.SubListOf(ActionNames)
        from own in Gen.SubListOf(ActionNames)
        from bundles in Gen.SubListOf("agent.default", "custom.garden", "role.Owner")
        from here in Gen.Elements(true, true, true, false)
        from cidrs in Gen.Elements<string[]>([], [], ["192.0.2.0/24"])
        select new KeyCase(Keyed(any, kind, [.. held], [.. own], [.. bundles], here, cidrs))).ToArbitrary();

    private static Case Keyed(Case any, SubjectKind kind, string[] held, string[] own, string[] bundles, bool here, string[] cidrs)
    {
        var subject = kind switch { SubjectKind.User => Facts.Olena.Value, SubjectKind.Agent => "agent:gardener", _ => "integration:crm" };
        var facts = any.Facts;
        return any with
        {
            Facts = facts with
            {
                Kind = kind,
                SubjectId = subject,
                Person = Facts.Olena,
                Membership = facts.Membership is { } member ? member with { UserId = Facts.Olena } : null,
                Office = facts.Office is { } office ? office with { UserId = Facts.Olena } : null,
                Service = null,
                Platform = null,
                Scopes = null,
                KeyId = "ak_1",
                Ip = System.Net.IPAddress.Parse("192.0.2.7"),
                Key = (facts.Key ?? new KeyFact("ak_1", "Gardener", null, Facts.Now.AddDays(1), [])) with
                {
                    KeyId = "ak_1",
                    Capabilities = held,
                    Access = new AccessGrant(kind, subject, here ? facts.TeamId : Facts.Kyiv, Facts.Olena, bundles, null, null, cidrs) { OwnCapabilities = own },
                },
            },
        };
    }

    public static Arbitrary<Case> Cases() => (from registry in Registries from facts in Questions select new Case(registry, facts)).ToArbitrary();

    public static PolicySnapshot With(this PolicySnapshot registry, IEnumerable<Bundle> bundles) =>
        new(registry.Version, registry.At, registry.Capabilities, bundles) { Freezes = registry.Freezes };

    public static PolicySnapshot Giving(this PolicySnapshot registry, string bundle, string action, Grant grant) => registry.With(
        registry.Bundles.Where(other => other.Name != bundle).Append(
            registry.Find(bundle) with { Grants = registry.Find(bundle).Grants.Append(KeyValuePair.Create(action, grant)).GroupBy(pair => pair.Key).ToFrozenDictionary(pair => pair.Key, pair => pair.Last().Value) }));

    private static Gen<PolicySnapshot> Registries =>
        from bundles in Gen.CollectToArray([.. RoleBundles, .. ServiceBundles], BundleOf)
        from frozen in Gen.Frequency((8, Gen.Constant(Array.Empty<string>())), (1, Gen.SubListOf(ActionNames).Select(list => list.ToArray())))
        select new PolicySnapshot(7, Facts.Now, ActionNames.SkipLast(1), bundles)
        {
            Freezes = frozen.ToFrozenDictionary(action => action, _ => new Freeze(Facts.Now.AddHours(1), "a vote is open.")),
        };

    private static Gen<DecisionFacts> Questions =>
        from kind in Gen.Frequency((5, Gen.Constant(SubjectKind.User)), (3, Gen.Constant(SubjectKind.Service)), (1, Gen.Elements(SubjectKind.Agent, SubjectKind.Integration, SubjectKind.Embassy)))
        from action in Gen.Elements(ActionNames)
        from person in kind == SubjectKind.User ? Maybe(9, UserIds) : Maybe(4, UserIds)
        from key in Maybe(kind == SubjectKind.User ? 1 : 7, Keys)
        from keyIsKnown in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from inTeam in Gen.Elements(true, true, false)
        from team in Teams
        from member in Maybe(6, Members)
        from office in Maybe(3, Members)
        from resource in Maybe(7, Resources)
        from scopes in Maybe(3, Gen.SubListOf(ActionNames).Select(list => list.ToArray()))
        from heeds in Gen.Elements(true, false)
        from quota in Maybe(2, Gen.Elements(new QuotaFact("payout_claims", 10, 10), new QuotaFact("compute_1t", 10, 10), new QuotaFact("messages", 1, 10)))
        let teamId = inTeam ? Facts.Kyiv : Facts.City
        select new DecisionFacts
        {
            Kind = kind,
            SubjectId = kind == SubjectKind.User ? person?.Id.Value ?? "anonymous" : "service:rwa",
            Person = person?.Id,
            KeyId = key?.KeyId,
            Key = keyIsKnown ? key : null,
            Service = kind == SubjectKind.Service && key is null ? "rwa" : null,
            Platform = kind == SubjectKind.Embassy ? "energyunion" : null,
            Action = action,
            At = Facts.Now,
            TeamId = teamId,
            Team = inTeam ? team : null,
            Membership = person is null ? null : member is null ? null : member with { TeamId = teamId, UserId = person.Id },
            Office = person is null ? null : office is null ? null : office with { TeamId = Facts.City, UserId = person.Id },
            Resource = resource is null ? null : resource with { TeamId = inTeam ? teamId : null },
            Scopes = key is null ? null : scopes,
            HeedsScope = heeds,
            Quota = quota,
        };

    private static Gen<Person> UserIds => Gen.Elements(new Person(Facts.Olena), new Person(Facts.Taras));

    private static Gen<KeyFact> Keys =>
        from capabilities in Gen.SubListOf(ActionNames)
        from revoked in Gen.Elements(false, false, false, true)
        from expires in Gen.Elements<DateTimeOffset?>(null, null, Facts.Now.AddDays(1), Facts.Now.AddSeconds(-1))
        select new KeyFact("meter-reader", "Meter reader", revoked ? Facts.Now.AddDays(-1) : null, expires, [.. capabilities]);

    private static Gen<TeamFact> Teams =>
        from state in Gen.Elements(TeamState.Active, TeamState.Active, TeamState.Active, TeamState.Locked, TeamState.Suspended, TeamState.Archived)
        from mode in Gen.Elements(TeamMode.Public, TeamMode.Confidential)
        from plan in Gen.Elements(TeamPlan.Freemium, TeamPlan.Premium)
        select new TeamFact(Facts.Kyiv, "Kyiv", state, mode, plan);

    private static Gen<MembershipFact> Members =>
        from role in Gen.Elements(Enum.GetValues<TeamRole>())
        from viewer in Gen.Elements<ViewerType?>(null, ViewerType.Reader, ViewerType.Commenter, ViewerType.Contributor)
        select new MembershipFact(Facts.Kyiv, Facts.Olena, role, role == TeamRole.Member ? viewer : null, Facts.Now.AddDays(-1));

    private static Gen<ResourceRef> Resources =>
        from kind in Gen.Elements("team", "payout")
        from id in Gen.Elements(null, "thing_1")
        from owner in Gen.Elements(null, Facts.Olena.Value, Facts.Taras.Value)
        from acl in Gen.Elements<IReadOnlyList<string>?>(null, null, [Facts.Olena.Value], ["role.Member"], [])
        from mode in Gen.Elements<TeamMode?>(null, null, TeamMode.Confidential)
        select new ResourceRef(kind, id, null, owner, acl, mode);

    private static Gen<Bundle> BundleOf(string name) =>
        from held in Gen.SubListOf(ActionNames.SkipLast(1).ToArray())
        from scopes in Gen.ArrayOf(Gen.Elements(DecisionScope.All, DecisionScope.Own), ActionNames.Length)
        from viewers in Gen.ArrayOf(Gen.Elements<ViewerType?>(null, ViewerType.Reader, ViewerType.Contributor), ActionNames.Length)
        let grants = name.StartsWith("plan.", StringComparison.Ordinal) ? held.Take(1) : held
        select new Bundle(name, 3, grants.Select((action, i) => (action, Grant: new Grant(scopes[i], name == "role.Member" ? viewers[i] : null))).ToFrozenDictionary(pair => pair.action, pair => pair.Grant));

    private static Gen<T?> Maybe<T>(int inTen, Gen<T> some)
        where T : class => Gen.Frequency((inTen, some.Select(value => (T?)value)), (10 - inTen, Gen.Constant<T?>(null)));

    private sealed record Person(UserId Id);
}
