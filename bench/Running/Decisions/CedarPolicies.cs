using System.Text.Json.Nodes;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Bench.Running.Decisions;

/// <summary>
/// The rules of the PDP as Cedar has them, in its own manner: bundles are groups of actions, what the question is about are attributes of the one who
/// asks and of the thing. Few policies, and with each question only the three entities that it needs: this is as fast as Cedar goes.
/// </summary>
internal static class CedarPolicies
{
    public static readonly string Text = $$"""
        permit (principal, action in Action::"role.Owner", resource) when { principal has role && principal.role == "Owner" };
        permit (principal, action in Action::"role.Guardian", resource) when { principal has role && principal.role == "Guardian" };
        permit (principal, action in Action::"role.Visitor", resource) when { principal has role && principal.role == "Visitor" };
        permit (principal, action in Action::"role.Member@Reader", resource) when { principal has role && principal.role == "Member" };
        permit (principal, action in Action::"role.Member@Commenter", resource) when { principal has role && principal.role == "Member" && principal.viewer >= 1 };
        permit (principal, action in Action::"role.Member@Contributor", resource) when { principal has role && principal.role == "Member" && principal.viewer >= 2 };
        permit (principal, action in Action::"role.Member@Contributor:own", resource)
          when { principal has role && principal.role == "Member" && principal.viewer >= 2 && resource has owner && resource.owner == principal.person };
        permit (principal, action in Action::"city.Owner", resource) when { principal has office && principal.office == "Owner" };
        permit (principal, action in Action::"city.Guardian", resource) when { principal has office && principal.office == "Guardian" };
        permit (principal, action in Action::"city.Member", resource) when { principal has office && principal.office == "Member" };
        permit (principal is Service, action in Action::"service.default", resource);
        permit (principal is Service, action, resource) when { principal.capabilities.contains(action) };
        forbid (principal is Program, action, resource)
          when { principal.revoked || !(principal.capabilities.contains(action) || action in principal.bundles) };
        forbid (principal, action, resource) when { resource.locked } unless { action in Action::"looking" };
        forbid (principal, action, resource) when { resource.confidential && principal has role && principal.role == "Visitor" };
        forbid (principal, action in Action::"gated", resource) unless { resource.plan == "Premium" || resource.plan == "Platformium" };
        forbid (principal, action == Action::"{{BenchRegistry.Frozen}}", resource);
        """;

    public static JsonObject Call(DecisionCity city, Question question)
    {
        var (principal, action, thing) = (Uid(KindOf(question.Caller), question.Caller.KeyId ?? question.Caller.SubjectId), Uid("Action", question.Action), Uid("Thing", question.Resource.Id!));
        return new()
        {
            ["principal"] = principal.DeepClone(),
            ["action"] = action.DeepClone(),
            ["resource"] = thing.DeepClone(),
            ["context"] = new JsonObject(),
            ["preparsedPolicySetId"] = "city",
            ["validateRequest"] = false,
            ["entities"] = new JsonArray(
                Entity(principal, AttributesOf(city, question), []),
                Entity(action, [], GroupsOf(city.Registry, question.Action)),
                Entity(thing, AttributesOf(city.TeamOf(question.Resource.TeamId!.Value), question.Resource), [])),
        };
    }

    private static string KindOf(Caller caller) => caller switch { { Kind: SubjectKind.Service } => "Service", { KeyId: not null } => "Program", _ => "Person" };

    private static JsonObject AttributesOf(DecisionCity city, Question question)
    {
        var attributes = new JsonObject();
        var person = question.Caller.User;
        if (question.Caller.KeyId is { } keyId)
        {
            var key = city.KeyOf(keyId);
            attributes["capabilities"] = Refs(key.Capabilities);
            if (key.Access is { } grant)
            {
                person = grant.Owner;
                attributes["bundles"] = Refs(grant.Bundles);
                attributes["revoked"] = key.Revoked is not null;
            }
        }

        if (person is not { } user)
        {
            return attributes;
        }

        attributes["person"] = user.Value;
        if (city.MemberOf(question.Resource.TeamId!.Value, user) is { } member)
        {
            attributes["role"] = member.Role.ToString();
            attributes["viewer"] = (int)(member.ViewerType ?? ViewerType.Contributor);
        }

        if (city.MemberOf(Id<TeamKind>.WellKnown(), user) is { } office)
        {
            attributes["office"] = office.Role.ToString();
        }

        return attributes;
    }

    private static JsonObject AttributesOf(TeamFact team, ResourceRef thing)
    {
        var attributes = new JsonObject
        {
            ["locked"] = team.State != TeamState.Active,
            ["confidential"] = team.Mode == TeamMode.Confidential,
            ["plan"] = team.Plan.ToString(),
        };
        if (thing.OwnerId is { } owner)
        {
            attributes["owner"] = owner;
        }

        return attributes;
    }

    private static IEnumerable<string> GroupsOf(PolicySnapshot registry, string action)
    {
        foreach (var bundle in registry.Bundles.Where(bundle => bundle.Holds(action)))
        {
            var grant = bundle.Grants[action];
            yield return bundle.Name + (grant.Viewer is { } viewer ? $"@{viewer}" : string.Empty) + (grant.Scope == DecisionScope.Own ? ":own" : string.Empty);
        }

        if (Actions.IsRead(action))
        {
            yield return "looking";
        }

        if (registry.Gated.Contains(action))
        {
            yield return "gated";
        }
    }

    private static JsonObject Uid(string type, string id) => new() { ["type"] = type, ["id"] = id };

    private static JsonArray Refs(IEnumerable<string> actions) => new([.. actions.Select(action => new JsonObject { ["__entity"] = Uid("Action", action) })]);

    private static JsonObject Entity(JsonObject uid, JsonObject attributes, IEnumerable<string> groups) =>
        new() { ["uid"] = uid.DeepClone(), ["attrs"] = attributes, ["parents"] = new JsonArray([.. groups.Select(group => Uid("Action", group))]) };
}
