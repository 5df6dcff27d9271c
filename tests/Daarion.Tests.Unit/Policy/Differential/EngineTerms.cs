using System.Collections.Frozen;
using System.Net;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy.Differential;

/// <summary>Puts plain words in the engine's terms, and its answer back.</summary>
internal static class EngineTerms
{
    public static PolicySnapshot Of(PlainRegistry plain) => new(
        7,
        PlainChance.Now,
        plain.Capabilities,
        plain.Bundles.Select(bundle => new Bundle(bundle.Key, 1, bundle.Value.ToFrozenDictionary(
            grant => grant.Key,
            grant => new Grant(grant.Value.OwnOnly ? DecisionScope.Own : DecisionScope.All, grant.Value.LeastViewer is { } viewer ? Enum<ViewerType>(viewer) : null),
            StringComparer.Ordinal))))
    {
        Freezes = plain.Frozen.ToFrozenDictionary(frozen => frozen.Key, frozen => new Freeze(frozen.Value, "a vote is open."), StringComparer.Ordinal),
    };

    public static DecisionFacts Of(PlainQuestion q)
    {
        var team = Team(q.TeamId);
        var person = q.Person is { } id ? UserId.Parse(id) : default(UserId?);
        return new()
        {
            Kind = Enum<SubjectKind>(q.Kind),
            SubjectId = q.Subject,
            Action = q.Action,
            At = q.At,
            Person = person,
            KeyId = q.KeyPresented ? "ak_1" : null,
            Key = q.Key is { } key ? Of(key) : null,
            Scopes = q.TokenFor,
            Ip = q.Ip is null ? null : IPAddress.Parse(q.Ip),
            Service = q.Kind == "service" ? q.Name : null,
            Platform = q.Kind == "embassy" ? q.Name : null,
            TeamId = team,
            Team = q.Team is { } t ? new TeamFact(team, "Kyiv", Enum<TeamState>(t.State), Enum<TeamMode>(t.Mode), Enum<TeamPlan>(t.Plan)) : null,
            Membership = q.Role is { } role ? new MembershipFact(team, person!.Value, Enum<TeamRole>(role), q.Viewer is { } viewer ? Enum<ViewerType>(viewer) : null, q.At) : null,
            Office = q.Office is { } office ? new MembershipFact(Facts.City, person!.Value, Enum<TeamRole>(office), null, q.At) : null,
            Resource = q.Thing is { } thing
                ? new ResourceRef(thing.Kind, thing.Id, thing.Team is { } its ? Team(its) : null, thing.Owner, thing.Acl, thing.Mode is { } mode ? Enum<TeamMode>(mode) : null)
                : null,
            HeedsScope = q.HeedsScope,
            Units = q.Units,
            Quota = q.Quota is { } quota ? new QuotaFact(quota.Metric, quota.Used, quota.Limit) : null,
            Rate = q.TooOften ? new RateFact(q.Action, 1, 0, TimeSpan.FromSeconds(1)) : null,
            Available = q.FactsAreThere,
        };
    }

    public static PlainAnswer Of(Verdict verdict) =>
        new(verdict.Allow, verdict.Reason, verdict.Scope == DecisionScope.Own, verdict.Obligations is ["summary_only"]);

    private static KeyFact Of(PlainKey key) => new("ak_1", "Key", key.Revoked ? PlainChance.Now.AddDays(-1) : null, key.ExpiresAt, key.Holds)
    {
        Access = key.Access is { } access
            ? new AccessGrant(Enum<SubjectKind>(access.Kind), access.Subject, Team(access.Team), UserId.Parse(access.Owner), access.Bundles, null, null, access.Networks) { OwnCapabilities = access.ForOwnOnly }
            : null,
    };

    private static TeamId Team(string id) => id == PlainQuestion.City ? Facts.City : TeamId.Parse(id);

    private static T Enum<T>(string name)
        where T : struct, System.Enum => System.Enum.Parse<T>(name, ignoreCase: true);
}
