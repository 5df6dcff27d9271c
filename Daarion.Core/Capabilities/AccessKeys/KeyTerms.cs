using System.Net;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>What a new key shall be, read and checked as far as the request alone says.</summary>
internal sealed record KeyTerms(
    TeamId TeamId, string Name, KeySubject Subject, UserId Owner, IReadOnlyList<string> Bundles, IReadOnlyDictionary<string, DecisionScope> Caps, TimeSpan Life, int? Rate, Quantity? Budget,
    IReadOnlyList<string> Cidrs)
{
    /// <summary>Capabilities of one key at most.</summary>
    public const int MaxCaps = 200;

    /// <summary>Bundles of one key at most.</summary>
    public const int MaxBundles = 20;

    /// <summary>Networks of one key at most.</summary>
    public const int MaxCidrs = 50;

    /// <summary>Requests a minute at most.</summary>
    public const int MaxRate = 100_000;

    /// <summary>After a capability: only for what is the owner's own.</summary>
    public const string OwnSuffix = ":own";

    private const string TeamSuffix = ":team";
    private const string AgentDefault = "agent.default";
    private static readonly string[] OpenBundles = ["agent.", "integration.", "custom."];

    /// <summary>Reads a request.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the field.</exception>
    public static KeyTerms Of(CreateAccessKey request, KeySubject subject, UserId owner, PolicySnapshot registry)
    {
        var saysNothing = request.Bundles is not { Count: > 0 } && request.Caps is not { Count: > 0 };
        var bundles = subject.Kind == SubjectKind.Agent && saysNothing ? [AgentDefault] : BundlesOf(request.Bundles ?? [], registry);
        var terms = new KeyTerms(
            request.TeamId, Names.Checked(request.Name, "name"), subject, owner, bundles, CapsOf(request.Caps ?? [], registry), LifeOf(request.ExpiresIn), RateOf(request.Rate), BudgetOf(request.Budget1T),
            CidrsOf(request.Cidrs ?? []));
        if (subject.Kind == SubjectKind.Agent)
        {
            RefuseForAgents(terms, registry);
        }

        return terms;
    }

    /// <summary>Everything it holds, itself and by its bundles, with the wider scope where two say something of one.</summary>
    public static IReadOnlyDictionary<string, DecisionScope> Everything(IReadOnlyDictionary<string, DecisionScope> caps, IEnumerable<string> bundles, PolicySnapshot registry)
    {
        var all = caps.ToDictionary(StringComparer.Ordinal);
        foreach (var (code, grant) in bundles.SelectMany(bundle => registry.Find(bundle).Grants))
        {
            all[code] = all.TryGetValue(code, out var scope) && scope == DecisionScope.All ? scope : grant.Scope;
        }

        return all;
    }

    private static List<string> BundlesOf(IReadOnlyList<string> asked, PolicySnapshot registry)
    {
        var names = asked.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (names.Count > MaxBundles)
        {
            throw CityException.Invalid("bundles", $"Give at most {MaxBundles}.");
        }

        if (names.Find(name => !OpenBundles.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) is { } closed)
        {
            throw CityException.Invalid("bundles", $"A key may hold agent.*, integration.* and custom.*, not {closed}.");
        }

        var known = registry.Bundles.Select(bundle => bundle.Name).ToHashSet(StringComparer.Ordinal);
        return names.Find(name => !known.Contains(name)) is { } unknown ? throw CityException.Invalid("bundles", $"The city has no such bundle: {unknown}.") : names;
    }

    private static Dictionary<string, DecisionScope> CapsOf(IReadOnlyList<string> asked, PolicySnapshot registry)
    {
        if (asked.Count > MaxCaps)
        {
            throw CityException.Invalid("caps", $"Give at most {MaxCaps}.");
        }

        var caps = new Dictionary<string, DecisionScope>(StringComparer.Ordinal);
        foreach (var text in asked)
        {
            var scope = text.EndsWith(OwnSuffix, StringComparison.Ordinal) ? DecisionScope.Own : DecisionScope.All;
            var code = scope == DecisionScope.Own ? text[..^OwnSuffix.Length] : text.EndsWith(TeamSuffix, StringComparison.Ordinal) ? text[..^TeamSuffix.Length] : text;
            caps[code] = caps.TryGetValue(code, out var other) && other == DecisionScope.All ? other : scope;
        }

        var unknown = caps.Keys.Where(code => !registry.Capabilities.Contains(code)).Take(5).ToList();
        if (unknown.Count > 0)
        {
            throw CityException.Invalid("caps", $"The city has no such capability: {string.Join(", ", unknown)}.");
        }

        return caps.Keys.FirstOrDefault(Actions.IsNeverByKey) is { } never ? throw CityException.Invalid("caps", $"No access key may do {never}: what it gave out would outlive it.") : caps;
    }

    private static void RefuseForAgents(KeyTerms terms, PolicySnapshot registry)
    {
        if (terms.Caps.Keys.FirstOrDefault(Actions.IsForPeopleOnly) is { } cap)
        {
            throw CityException.Invalid("caps", $"No agent gets wallet.* or governance.*: leave out {cap}.");
        }

        if (terms.Bundles.FirstOrDefault(name => registry.Find(name).Grants.Keys.Any(Actions.IsForPeopleOnly)) is { } bundle)
        {
            throw CityException.Invalid("bundles", $"No agent gets wallet.* or governance.*, and {bundle} has some of it.");
        }
    }

    private static TimeSpan LifeOf(int? seconds) => seconds is not { } given ? AccessKey.UsualLife
        : TimeSpan.FromSeconds(given) is var life && life >= AccessKey.ShortestLife && life <= AccessKey.LongestLife ? life
        : throw CityException.Invalid("expires_in", $"Give {AccessKey.ShortestLife.TotalSeconds:0} to {AccessKey.LongestLife.TotalSeconds:0} seconds.");

    private static int? RateOf(int? rate) => rate is < 1 or > MaxRate ? throw CityException.Invalid("rate", $"Give 1 to {MaxRate} requests a minute.") : rate;

    private static Quantity? BudgetOf(Quantity? budget) => budget is { IsNegative: true } ? throw CityException.Invalid("budget_1t", "Give nothing or more.") : budget;

    private static List<string> CidrsOf(IReadOnlyList<string> asked)
    {
        if (asked.Count > MaxCidrs)
        {
            throw CityException.Invalid("cidrs", $"Give at most {MaxCidrs}.");
        }

        var networks = new List<string>();
        foreach (var text in asked)
        {
            var full = IPAddress.TryParse(text, out var one) ? $"{one}/{one.GetAddressBytes().Length * 8}" : text;
            networks.Add(IPNetwork.TryParse(full, out var network) ? network.ToString() : throw CityException.Invalid("cidrs", $"'{text}' is no network; write 192.0.2.0/24 or 2001:db8::/32."));
        }

        return [.. networks.Distinct(StringComparer.Ordinal)];
    }
}
