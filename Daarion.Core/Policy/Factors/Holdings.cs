namespace Daarion.Core.Policy.Factors;

/// <summary>The bundles a person's answer can come from; each is null where it does not apply.</summary>
/// <param name="Role">Of the role in the team.</param>
/// <param name="Office">Of the office in the city.</param>
/// <param name="Own">For what is one's own outside any team.</param>
internal readonly record struct PersonBundles(Bundle? Role, Bundle? Office, Bundle? Own);

/// <summary>What a subject holds.</summary>
internal static class Holdings
{
    /// <summary>The bundles of the person of a question.</summary>
    public static PersonBundles Of(PolicySnapshot registry, in DecisionFacts facts) => new(
        facts.Standing.Role is { } role ? registry.Of(role) : null,
        facts.Office is { } office ? registry.OfOperator(office.Role) : null,
        facts.IsOwnOutsideTeams ? registry.AnyRole : null);

    /// <summary>True when the person holds the capability at all, by role, office, ownership or the team's plan.</summary>
    public static bool PersonHolds(PolicySnapshot registry, in DecisionFacts facts)
    {
        var bundles = Of(registry, facts);
        return (bundles.Role?.Holds(facts.Action) ?? false)
            || (bundles.Office?.Holds(facts.Action) ?? false)
            || (bundles.Own?.Holds(facts.Action) ?? false)
            || (facts.Standing is { Role: not null, Plan: { } plan } && registry.Of(plan).Holds(facts.Action));
    }

    /// <summary>True when the key or the service itself holds the capability.</summary>
    public static bool SubjectHolds(PolicySnapshot registry, in DecisionFacts facts, string action)
    {
        if (KeyHolds(registry, facts, action) && !IsNarrowedFrom(facts, action))
        {
            return true;
        }

        return facts.Kind switch
        {
            Kernel.SubjectKind.Service => registry.ServiceDefault.Holds(action) || (facts.Service is { } service && registry.OfService(service).Holds(action)),
            Kernel.SubjectKind.Embassy => registry.PlatformDefault.Holds(action) || (facts.Platform is { } platform && registry.OfPlatform(platform).Holds(action)),
            _ => false,
        };
    }

    /// <summary>True when the key holds the capability at all, itself or by its bundles, whatever its token was asked for.</summary>
    public static bool KeyHolds(PolicySnapshot registry, in DecisionFacts facts, string action) =>
        KeyItselfHolds(facts, action) || (facts.Grant is { } grant && AnyHolds(registry, grant.Bundles, action));

    /// <summary>True when the key holds the capability as its own, and not only by a bundle.</summary>
    public static bool KeyItselfHolds(in DecisionFacts facts, string action) =>
        facts.Key is { } key && (key.Capabilities.Has(action) || (key.Access?.OwnCapabilities.Has(action) ?? false));

    /// <summary>How far an access key's own grants reach here; null where none does. What is no access key is not cut by this.</summary>
    public static DecisionScope? KeyReaches(PolicySnapshot registry, in DecisionFacts facts)
    {
        if (facts.Grant is not { } grant || facts.Key!.Capabilities.Has(facts.Action))
        {
            return DecisionScope.All;
        }

        var reach = grant.OwnCapabilities.Has(facts.Action) ? ReachesOwn(facts) : null;
        for (var i = 0; i < grant.Bundles.Count; i++)
        {
            var by = Reaches(registry.Find(grant.Bundles[i]), facts, null);
            if (by == DecisionScope.All)
            {
                return by;
            }

            reach ??= by;
        }

        return reach;
    }

    /// <summary>True when the key's token was asked for without the capability.</summary>
    public static bool IsNarrowedFrom(in DecisionFacts facts, string action) => facts.Scopes is { } scopes && !scopes.Has(action);

    /// <summary>How far a role's, an office's or an owner's grant reaches here; null where none does.</summary>
    public static DecisionScope? PersonReaches(PolicySnapshot registry, in DecisionFacts facts)
    {
        var bundles = Of(registry, facts);
        var byRole = Reaches(bundles.Role, facts, facts.Standing.Viewer);
        if (byRole == DecisionScope.All)
        {
            return DecisionScope.All;
        }

        var byOffice = Reaches(bundles.Office, facts, null);
        return byOffice == DecisionScope.All ? DecisionScope.All : byRole ?? byOffice ?? Reaches(bundles.Own, facts, null);
    }

    /// <summary>True when the office in the city alone would do: a confidential team does not hide from its operators what their office reads.</summary>
    public static bool OfficeReaches(PolicySnapshot registry, in DecisionFacts facts) => Reaches(Of(registry, facts).Office, facts, null) is not null;

    /// <summary>How far the allowance reaches: for an access key as far as both the key and whoever it belongs to.</summary>
    public static DecisionScope ScopeOf(PolicySnapshot registry, in DecisionFacts facts) =>
        facts.Person is null ? DecisionScope.All
        : KeyReaches(registry, facts) == DecisionScope.All ? PersonReaches(registry, facts) ?? DecisionScope.Own
        : DecisionScope.Own;

    /// <summary>True for bundles that people hold.</summary>
    public static bool IsForPeople(string bundle) => bundle.StartsWith("role.", StringComparison.Ordinal) || bundle.StartsWith("city.", StringComparison.Ordinal);

    /// <summary>True when a name is in the list. By place, because going through an interface's enumerator would allocate in every decision.</summary>
    public static bool Has(this IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyHolds(PolicySnapshot registry, IReadOnlyList<string> bundles, string action)
    {
        for (var i = 0; i < bundles.Count; i++)
        {
            if (registry.Find(bundles[i]).Holds(action))
            {
                return true;
            }
        }

        return false;
    }

    private static DecisionScope? Reaches(Bundle? bundle, in DecisionFacts facts, ViewerType? viewer)
    {
        if (bundle is null || !bundle.Grants.TryGetValue(facts.Action, out var grant))
        {
            return null;
        }

        // A member without a viewer type is a contributor.
        if (grant.Viewer is { } least && viewer < least)
        {
            return null;
        }

        if (grant.Scope == DecisionScope.All)
        {
            return DecisionScope.All;
        }

        return ReachesOwn(facts);
    }

    // One may look through a list that shows only one's own; to change something it must be named and be one's own.
    private static DecisionScope? ReachesOwn(in DecisionFacts facts) => facts.IsOwn || (facts.IsRead && facts.IsList) ? DecisionScope.Own : null;
}
