using System.Collections.Frozen;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>Codes of the rules.</summary>
internal static class Rule
{
    public const string Escalation = "rule_escalation";
    public const string PlanOrder = "rule_plan_order";
    public const string Consistency = "rule_consistency";
    public const string Multiplier = "rule_multiplier";
    public const string PriceFloor = "rule_price_floor";
    public const string Negative = "rule_negative";
    public const string Reward = "rule_reward";
    public const string OwnerBase = "rule_owner_base";
    public const string Irreversible = "rule_irreversible";

    public static IReadOnlyList<string> All { get; } = [Escalation, PlanOrder, Consistency, Multiplier, PriceFloor, Negative, Reward, OwnerBase, Irreversible];
}

/// <summary>
/// What no change of the registry may do, whoever makes it (access: who may do what; the rules of policies). Looked at over the whole change, so that
/// several operations may together keep what each of them alone would break; and only where it touches something, so that a city that
/// broke a rule before it was one can still change the rest.
/// </summary>
internal static class RegistryRules
{
    /// <summary>The most tokens beside the rule's own rate for a unit of energy: at most a doubling.</summary>
    public const decimal MaxSubsidy = 1m;

    /// <summary>The most that may be earned in a day by one type of asset.</summary>
    public const decimal MaxRewardCap = 1_000_000m;

    /// <summary>The most of one token for one of another.</summary>
    public const decimal MaxConversion = 1_000_000m;

    private const decimal FloorShare = 0.1m;

    private static readonly string[] TeamLadder = [BundleNames.Role(TeamRole.Visitor), BundleNames.Role(TeamRole.Member), BundleNames.Role(TeamRole.Guardian), BundleNames.Role(TeamRole.Owner)];
    private static readonly string[] CityLadder = [BundleNames.City(TeamRole.Member), BundleNames.City(TeamRole.Guardian), BundleNames.City(TeamRole.Owner)];

    // Without these nobody could take a freeze back.
    private static readonly FrozenSet<string> NeverFrozen = new[]
    {
        "governance.read", "governance.proposal.create", "governance.vote.cast", "governance.policy.manage", "capability.read", "capability.check", "service.update.capabilities",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> OwnerBase =
        RoleMatrix.Rows.Where(row => row.Owner == Hold.All).Select(row => row.Action).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The least that each thing may cost: a tenth of its price in a new city. Nothing that computes is ever free.</summary>
    public static FrozenDictionary<string, decimal> PriceFloors { get; } =
        PlanTables.Prices.ToFrozenDictionary(price => price.Item, price => price.Price1T * FloorShare, StringComparer.Ordinal);

    /// <summary>The rules that a change breaks.</summary>
    public static IEnumerable<RuleViolation> Check(RegistryState before, RegistryState after, IReadOnlyList<Touch> touches) =>
        touches.GroupBy(touch => (touch.Kind, touch.Target)).Select(same => same.Last()).OrderBy(touch => touch.Operation).SelectMany(touch => touch.Kind switch
        {
            "grant" => Grants(before, after, touch),
            "entitlement" => PlanOrder(after, touch),
            "multiplier" => Multipliers(after, touch),
            "price" => Prices(after, touch),
            "freeze" => Freezes(after, touch),
            _ => Settings(after, touch),
        });

    /// <summary>True for what only those who run something may hold: no Visitor ever does.</summary>
    public static bool IsAdministrative(string code) =>
        Begins(code, "city.") || Begins(code, "service.") || Begins(code, "access_key.") || code == "governance.policy.manage"
        || (Begins(code, "team.") && !Actions.IsRead(code) && code != Actions.Leave);

    private static IEnumerable<RuleViolation> Grants(RegistryState before, RegistryState after, Touch touch)
    {
        var (bundle, code) = touch.Target.Split(' ') is [var name, var capability] ? (name, capability) : throw new InvalidOperationException(touch.Target);
        var (had, holds) = (Of(before, bundle, code), Of(after, bundle, code));
        if (bundle == BundleNames.Role(TeamRole.Owner) && OwnerBase.Contains(code) && holds is not { Scope: DecisionScope.All })
        {
            yield return Broken(Rule.OwnerBase, touch, "rule.owner_base", "{code} is of the base set of every team's Owner and stays theirs.", ("code", code));
        }

        if (bundle == BundleNames.City(TeamRole.Owner) && holds is null && had is not null && (Begins(code, "city.") || Begins(code, "governance.")))
        {
            yield return Broken(Rule.OwnerBase, touch, "rule.city_base", "{code} is of the base set of the city's Owner and stays theirs.", ("code", code));
        }

        if (holds is { } grant && (had is not { } old || Wider(grant, old)))
        {
            foreach (var violation in Given(bundle, code, touch))
            {
                yield return violation;
            }
        }

        foreach (var violation in Ladder(after, bundle, code, touch))
        {
            yield return violation;
        }
    }

    private static IEnumerable<RuleViolation> Given(string bundle, string code, Touch touch)
    {
        if (bundle == BundleNames.Role(TeamRole.Visitor) && IsAdministrative(code))
        {
            yield return Broken(Rule.Escalation, touch, "rule.visitor_admin", "{code} is for those who run something; no Visitor may hold it.", ("code", code));
        }
        else if ((Begins(code, "city.") && !Begins(bundle, "city.")) || (Begins(code, "service.") && !Begins(bundle, "service.")))
        {
            yield return Broken(
                Rule.Escalation, touch, "rule.reserved", "{code} is only for bundles of {domain}*.", ("code", code), ("domain", Begins(code, "city.") ? "city." : "service."));
        }
        else if (Begins(bundle, "agent.") && IsAdministrative(code))
        {
            yield return Broken(Rule.Escalation, touch, "rule.agent_admin", "{code} is for those who run something; no agent may hold it.", ("code", code));
        }

        if (((Begins(code, "embassy.") && !Actions.IsRead(code)) || code == "rwa.inventory.update") && !Begins(bundle, "platform."))
        {
            yield return Broken(Rule.Consistency, touch, "rule.platform_only", "{code} is only for bundles of outside platforms.", ("code", code));
        }

        if (Begins(bundle, "agent.") && Actions.IsForPeopleOnly(code))
        {
            yield return Broken(Rule.Consistency, touch, "rule.agent_money", "{code} is about money or votes; no agent may hold it.", ("code", code));
        }
    }

    // Whoever stands higher may everything that those below them may.
    private static IEnumerable<RuleViolation> Ladder(RegistryState after, string bundle, string code, Touch touch)
    {
        var ladder = Begins(bundle, "role.") ? TeamLadder : Begins(bundle, "city.") ? CityLadder : [];
        for (var step = 1; step < ladder.Length; step++)
        {
            if ((ladder[step] == bundle || ladder[step - 1] == bundle) && Of(after, ladder[step - 1], code) is { } below && (Of(after, ladder[step], code) is not { } above || (above.Scope == DecisionScope.Own && below.Scope == DecisionScope.All)))
            {
                yield return Broken(
                    Rule.Escalation, touch, "rule.ladder", "{lower} would hold {code} further than {higher} does.", ("lower", ladder[step - 1]), ("higher", ladder[step]), ("code", code));
            }
        }
    }

    private static IEnumerable<RuleViolation> PlanOrder(RegistryState after, Touch touch)
    {
        var plans = Enum.GetValues<TeamPlan>().Where(plan => after.Entitlements.ContainsKey((plan, touch.Target))).ToList();
        foreach (var (smaller, larger) in plans.Zip(plans.Skip(1)))
        {
            var (less, more) = (after.Entitlements[(smaller, touch.Target)], after.Entitlements[(larger, touch.Target)]);
            if (less.Quota > more.Quota || less.HardLimit > more.HardLimit)
            {
                yield return Broken(
                    Rule.PlanOrder, touch, "rule.plan_order", "{smaller} would give more of {metric} than {larger}.", ("smaller", $"{smaller}"), ("larger", $"{larger}"), ("metric", touch.Target));
            }
        }
    }

    private static IEnumerable<RuleViolation> Multipliers(RegistryState after, Touch touch)
    {
        var least = 1m;
        foreach (var (from, multiplier) in after.Multipliers)
        {
            if (multiplier < least)
            {
                yield return Broken(
                    Rule.Multiplier, touch, "rule.multiplier", "From {from} on the multiplier would be {multiplier}; it may not be below {least}.", ("from", RegistryState.Text(from)), ("multiplier", RegistryState.Text(multiplier)), ("least", RegistryState.Text(least)));
            }

            least = Math.Max(least, multiplier);
        }
    }

    private static IEnumerable<RuleViolation> Prices(RegistryState after, Touch touch)
    {
        var price = after.Prices[touch.Target];
        var floor = PriceFloors.GetValueOrDefault(touch.Target, 0.000000001m);
        if (price.Price1T < floor)
        {
            yield return Broken(
                Rule.PriceFloor, touch, "rule.price_floor", "{item} may cost no less than {floor} 1T; nothing that computes is free.", ("item", price.Item), ("floor", RegistryState.Text(floor)));
        }
    }

    private static IEnumerable<RuleViolation> Freezes(RegistryState after, Touch touch)
    {
        if (after.Freezes.ContainsKey(touch.Target) && NeverFrozen.Contains(touch.Target))
        {
            yield return Broken(Rule.Irreversible, touch, "rule.never_frozen", "Without {code} nobody could lift the freeze again.", ("code", touch.Target));
        }
    }

    private static IEnumerable<RuleViolation> Settings(RegistryState after, Touch touch)
    {
        if (touch.Target is SettingNames.MinVoting or SettingNames.MaxVoting
            && Quantity.TryParse(after.Settings[SettingNames.MinVoting], out var least) && Quantity.TryParse(after.Settings[SettingNames.MaxVoting], out var most) && least.Value > most.Value)
        {
            yield return Broken(Rule.Consistency, touch, "rule.voting_time", "The shortest vote would be longer than the longest.");
        }
    }

    private static Grant? Of(RegistryState state, string bundle, string code) =>
        state.Bundles.TryGetValue(bundle, out var grants) && grants.TryGetValue(code, out var grant) ? grant : null;

    private static bool Wider(Grant grant, Grant old) => grant.Scope < old.Scope || (grant.Viewer ?? ViewerType.Reader) < (old.Viewer ?? ViewerType.Reader);

    private static bool Begins(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal);

    private static RuleViolation Broken(string rule, Touch touch, string code, string template, params ReadOnlySpan<(string Name, string Value)> values) =>
        new(rule, touch.Operation, Sentence.Of(code, template, values));
}
