using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Daarion.Tests.Unit.Policy.Differential;

/// <summary>
/// The decision once more, slow and obvious, written from the specification of access, docs/access.md and docs/access-keys.md, and not from the engine: one
/// question after the other, over plain words. It shares no code with the engine, so that a mistake would have to be made twice.
/// </summary>
internal sealed class PlainDecision(PlainRegistry registry, PlainQuestion q)
{
    private static readonly string[] Looking = ["read", "view", "list", "audit", "decide", "explain"];
    private static readonly string[] Viewers = ["reader", "commenter", "contributor"];
    private static readonly string[] NeverByKey = ["access_key.create", "access_key.rotate", "auth.service_key.manage", "auth.service_key.give_more", "auth.operator.manage", "auth.oidc_client.manage"];
    private static readonly string[] Plans = ["plan.Freemium", "plan.Casual", "plan.Premium", "plan.Platformium"];
    private static readonly string[] Roles = ["role.Owner", "role.Guardian", "role.Member", "role.Visitor"];

    public PlainAnswer Answer()
    {
        var reason = Refusal();
        return reason is not null
            ? new(false, reason, true, false)
            : new(true, "ok", OnlyOwn(), q.Kind is "agent" or "integration" && IsConfidential());
    }

    private string? Refusal()
    {
        if (!q.FactsAreThere)
            return "policy_unavailable";
        return Key() ?? TeamState() ?? Role() ?? Capability() ?? Rbac() ?? Entitlement() ?? Acl() ?? Mode() ?? Quota() ?? Freeze();
    }

    // 1: a key that was presented exists, is the subject's, is not revoked, has not run out, comes from an address it may come from.
    private string? Key()
    {
        if (!q.KeyPresented)
            return null;
        if (q.Key is null)
            return "key_invalid";
        if (q.Key.Access is { } access && (access.Kind != q.Kind || access.Subject != q.Subject || access.Owner != q.Person))
            return "key_invalid";
        if (q.Key.Access is null && IsProgram)
            return "key_invalid";
        if (q.Key.Revoked)
            return "key_revoked";
        if (q.Key.ExpiresAt is { } end && end <= q.At)
            return "key_expired";
        if (q.Key.Access is { Networks.Length: > 0 } cut && !cut.Networks.Any(network => q.Ip is not null && IsIn(q.Ip, network)))
            return "key_invalid";
        return null;
    }

    // 2: a team that is locked, suspended or archived takes no change but that of its state, and the end of a key; looking goes on.
    private string? TeamState()
    {
        if (q.Team is null || q.Team.State == "active" || IsLooking)
            return null;
        return q.Action is "team.state.change" or "team.restore" or "access_key.revoke" ? null : "team_locked";
    }

    // 3: a person has a role in the team, an office in the city, or asks for what is their own outside any team; a key reaches one team.
    private string? Role()
    {
        if (Access is not null && Access.Team != q.TeamId && !IsOwnOutsideTeams)
            return "no_role";
        if (q.Person is null)
            return q.Kind == "user" ? "no_role" : null;
        return q.Role is not null || q.Office is not null || IsOwnOutsideTeams ? null : "no_role";
    }

    // 4: what the subject holds has the capability: role, office, plan, key, service or platform bundle. An access key must hold it as well as its owner;
    // a service that acts for a person takes the capability, service.act_as and the person's own right.
    private string? Capability()
    {
        if ((q.Kind != "user" || Access is not null) && !SubjectHolds(q.Action))
            return "capability_missing";
        if (q.Person is null)
            return null;
        if (q.Kind != "user" && Access is null && !SubjectHolds("service.act_as"))
            return "capability_missing";
        return PersonHolds() ? null : "capability_missing";
    }

    // 5: the role holds it for this: viewer type, own or everybody's; no agent touches money or votes; no key makes keys.
    private string? Rbac()
    {
        if (q.Kind == "agent" && (q.Action.StartsWith("wallet.", StringComparison.Ordinal) || q.Action.StartsWith("governance.", StringComparison.Ordinal)))
            return "rbac_denied";
        if (Access is not null && NeverByKey.Contains(q.Action))
            return "rbac_denied";
        if (q.Person is null)
            return null;
        return PersonMay() == "no" || KeyMay() == "no" ? "rbac_denied" : null;
    }

    // 6: an action that only some plans include needs one of them.
    private string? Entitlement()
    {
        if (q.Team is null || !Plans.Any(plan => registry.Holds(plan, q.Action)))
            return null;
        return registry.Holds("plan." + q.Team.Plan, q.Action) ? null : "not_entitled";
    }

    // 7: where there is an access list, one is on it; Owner and Guardians and the thing's owner always are. An agent or integration is on it by its own name,
    // and its owner passes as well. The city's services and service keys that act for nobody are let by.
    private string? Acl()
    {
        if (q.Thing?.Acl is not { } list)
            return null;
        if (IsProgram && !list.Contains(q.Subject))
            return "acl_block";
        if (IsOwn || q.Role is "Owner" or "Guardian")
            return null;
        if (q.Kind == "service" && q.Person is null)
            return null;
        return list.Contains(q.Person ?? q.Subject) || (q.Role is not null && list.Contains("role." + q.Role)) ? null : "acl_block";
    }

    // 8: a Visitor sees nothing confidential, and may always leave. An office counts beside the role, so that a role more never takes anything away.
    private string? Mode()
    {
        if (q.Role != "Visitor" || !IsConfidential() || IsOwnOutsideTeams || q.Action == "team.leave")
            return null;
        return q.Office is not null && Reach(registry.Grant("city." + q.Office, q.Action), viewer: null) != "no" ? null : "confidential_restriction";
    }

    // 9: what the action takes is left, and it is not done too often.
    private string? Quota()
    {
        if (q.TooOften)
            return "rate_limited";
        if (q.Quota is null || q.Quota.Used + q.Units <= q.Quota.Limit)
            return null;
        return q.Quota.Metric == "compute_1t" ? "cost_exceeded" : "quota_exceeded";
    }

    // 10: the city has not stopped the capability for everyone.
    private string? Freeze() => registry.Frozen.TryGetValue(q.Action, out var until) && (until is null || until > q.At) ? "frozen" : null;

    private PlainAccess? Access => q.Key?.Access;

    private bool IsProgram => q.Kind is "agent" or "integration";

    private bool IsLooking => Looking.Contains(q.Action.Split('.')[^1]);

    private bool IsOwn => q.Person is not null && q.Thing?.Owner == q.Person;

    // Outside teams nothing is an agent's or integration's own, whoever owns it.
    private bool IsOwnOutsideTeams => q.Thing is { Team: null } && IsOwn && !IsProgram;

    // A list names no single thing, and whoever asks heeds the scope. Agents and integrations list nothing of their owner's own.
    private bool IsList => q.HeedsScope && !IsProgram && (q.Thing is null || (q.Thing.Owner is null && (q.Thing.Id is null || q.Thing.Kind == "team")));

    private bool IsConfidential()
    {
        if (q.Thing?.Mode is { } mode)
            return mode == "confidential";
        if (q.Team is not null)
            return q.Team.Mode == "confidential";
        return q.TeamId == PlainQuestion.City;
    }

    private bool SubjectHolds(string action)
    {
        var byKey = q.Key is not null
            && (q.Key.Holds.Contains(action) || (q.Key.Access is { } access && (access.ForOwnOnly.Contains(action) || access.Bundles.Any(bundle => registry.Holds(bundle, action)))));
        if (byKey && (q.TokenFor is null || q.TokenFor.Contains(action)))
            return true;
        return q.Kind switch
        {
            "service" => registry.Holds("service.default", action) || (q.Name is not null && registry.Holds("service." + q.Name, action)),
            "embassy" => registry.Holds("platform.default", action) || (q.Name is not null && registry.Holds("platform." + q.Name, action)),
            _ => false,
        };
    }

    private bool PersonHolds() =>
        (q.Role is not null && registry.Holds("role." + q.Role, q.Action))
        || (q.Office is not null && registry.Holds("city." + q.Office, q.Action))
        || (IsOwnOutsideTeams && Roles.Any(role => registry.Holds(role, q.Action)))
        || (q.Role is not null && q.Team is not null && registry.Holds("plan." + q.Team.Plan, q.Action));

    // How far the person may: "all", "own" or "no". Role and office count together, and the wider one wins.
    private string PersonMay()
    {
        var byRole = q.Role is null ? "no" : Reach(registry.Grant("role." + q.Role, q.Action), q.Viewer);
        var byOffice = q.Office is null ? "no" : Reach(registry.Grant("city." + q.Office, q.Action), viewer: null);
        var byOwning = IsOwnOutsideTeams && Roles.Any(role => registry.Holds(role, q.Action)) ? "own" : "no";
        string[] ways = [byRole, byOffice, byOwning];
        return ways.Contains("all") ? "all" : ways.Contains("own") ? "own" : "no";
    }

    // How far an access key's own grants reach; whatever is no access key does not cut.
    private string KeyMay()
    {
        if (Access is null || q.Key!.Holds.Contains(q.Action))
            return "all";
        var ways = Access.Bundles.Select(bundle => Reach(registry.Grant(bundle, q.Action), viewer: null)).ToList();
        if (Access.ForOwnOnly.Contains(q.Action))
            ways.Add(ReachesOwn ? "own" : "no");
        return ways.Contains("all") ? "all" : ways.Contains("own") ? "own" : "no";
    }

    private string Reach(PlainGrant? grant, string? viewer)
    {
        if (grant is null)
            return "no";
        // Without a viewer type a Member is a contributor.
        if (grant.LeastViewer is not null && viewer is not null && Array.IndexOf(Viewers, viewer) < Array.IndexOf(Viewers, grant.LeastViewer))
            return "no";
        return !grant.OwnOnly ? "all" : ReachesOwn ? "own" : "no";
    }

    // A list may be looked through for one's own; a change names a thing that is one's own.
    private bool ReachesOwn => IsOwn || (IsLooking && IsList);

    private bool OnlyOwn() => q.Person is not null && (PersonMay() != "all" || KeyMay() != "all");

    private static bool IsIn(string ip, string network)
    {
        var (address, parts) = (IPAddress.Parse(ip), network.Split('/'));
        var (bytes, net) = ((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes(), IPAddress.Parse(parts[0]));
        var other = net.GetAddressBytes();
        if (bytes.Length != other.Length || net.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            return false;
        var bits = int.Parse(parts[1], CultureInfo.InvariantCulture);
        for (var bit = 0; bit < bits; bit++)
        {
            if (((bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8))) != 0)
                return false;
        }

        return true;
    }
}
