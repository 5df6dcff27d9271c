using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>
/// Changes of the registry (seed 4.12): by hand, where the city asks for no policy, and by policies. Every change is a list of operations that is
/// checked whole against the rules, made whole in one transaction, and becomes one version with a readable diff and its cause.
/// </summary>
public interface IRegistryService
{
    /// <summary>
    /// Adds a capability. Needs <c>city.capability.manage</c> or, for a service key, <c>service.update.capabilities</c>. Publishes
    /// <c>capability.created</c>. <c>conflict</c> where there is one of that code.
    /// </summary>
    Task<CapabilityView> CreateCapability(Caller caller, CreateCapability request, CancellationToken ct);

    /// <summary>
    /// Gives a bundle capabilities and takes others from it. Needs <c>city.capability.manage</c> or <c>service.update.capabilities</c>. Publishes
    /// <c>bundle.updated</c>. <c>conflict</c> with a rule's code as reason where a rule forbids it, with <c>policy_required</c> where the city
    /// changes this by vote only, and where the bundle has changed meanwhile.
    /// </summary>
    Task<BundleDetail> PutBundleCaps(Caller caller, PutBundleCaps request, CancellationToken ct);

    /// <summary>
    /// Sets what a plan gives of some metrics. Needs <c>city.capability.manage</c> or <c>service.update.capabilities</c>. Publishes
    /// <c>bundle.updated</c> of the plan's bundle. Refused as <see cref="PutBundleCaps"/> is.
    /// </summary>
    Task<PlanView> PutPlanEntitlements(Caller caller, PutPlanEntitlements request, CancellationToken ct);

    /// <summary>What a list of operations would change, and which rules it would break; nothing is stored. Needs <c>capability.check</c>.</summary>
    Task<RegistryCheck> CheckChange(Caller caller, CheckChange request, CancellationToken ct);

    /// <summary>
    /// Makes the operations of a policy that was adopted, as one version whose cause is the policy. Asking again for the same policy answers the
    /// version that it made. Needs <c>service.update.capabilities</c>. <c>conflict</c> with the rule's code where a rule forbids it now.
    /// </summary>
    Task<AppliedChange> ApplyPolicy(Caller caller, ApplyPolicy request, CancellationToken ct);

    /// <summary>
    /// Decides the recorded decisions of the last days again, by the registry as it is and by the registry as it would be, and answers where the two
    /// differ. Needs <c>capability.check</c>.
    /// </summary>
    [TimeLimit(30)]
    Task<Simulation> Simulate(Caller caller, SimulateChange request, CancellationToken ct);

    /// <summary>The settings of the city that policies change, with what each may be. Needs <c>capability.check</c>.</summary>
    Task<RegistrySettings> GetSettings(Caller caller, RegistrySettingsRequest request, CancellationToken ct);
}

/// <summary>What an operation does to the registry.</summary>
public enum RegistryOp
{
    /// <summary>A bundle holds a capability more: <c>bundle</c>, <c>capability</c>, <c>scope</c>?, <c>viewer</c>?.</summary>
    AddCap,

    /// <summary>A bundle holds a capability less: <c>bundle</c>, <c>capability</c>.</summary>
    RemoveCap,

    /// <summary>What a plan gives of a metric: <c>plan</c>, <c>metric</c>, <c>quota</c>, <c>hard_limit</c>?.</summary>
    SetQuota,

    /// <summary>So much more: <c>plan</c>, <c>metric</c>, <c>by</c>.</summary>
    IncreaseQuota,

    /// <summary>So much less: <c>plan</c>, <c>metric</c>, <c>by</c>.</summary>
    DecreaseQuota,

    /// <summary>By how much stakes multiply quotas: <c>steps</c>.</summary>
    SetStakeMultiplier,

    /// <summary>What something costs in 1T: <c>item</c>, <c>price</c>.</summary>
    SetComputePrice,

    /// <summary>Tokens for a unit of energy beside the rule's own rate: <c>rate</c>.</summary>
    SetEnergySubsidy,

    /// <summary>At what rate one token becomes another; 0 closes it: <c>from</c>, <c>to</c>, <c>rate</c>.</summary>
    SetConversionRate,

    /// <summary>The most that a team earns in a day by one type of asset: <c>rwa_type</c>, <c>cap</c>.</summary>
    SetRewardCap,

    /// <summary>Stops capabilities for everyone: <c>capabilities</c>, <c>reason</c>, <c>until</c>?.</summary>
    FreezeCapabilities,

    /// <summary>Lets them go on: <c>capabilities</c>.</summary>
    UnfreezeCapabilities,

    /// <summary>Multiplies every quota for a while: <c>x_factor</c>, <c>duration</c> in seconds, or <c>until</c>.</summary>
    EnableBurstMode,

    /// <summary>Ends that.</summary>
    DisableBurstMode,

    /// <summary>The city measures an asset more: <c>rwa_type</c>, <c>unit</c>.</summary>
    AddRwaType,

    /// <summary>The city measures an asset less: <c>rwa_type</c>.</summary>
    RemoveRwaType,

    /// <summary>How the city votes: <c>name</c>, <c>value</c>.</summary>
    SetGovernanceSetting,
}

/// <summary>One operation on the registry: what it does, and the fields that this takes. A field that it does not take is refused by name.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Bundle">A bundle's name.</param>
/// <param name="Capability">A capability's code.</param>
/// <param name="Scope">For everything (the default), or for what is the person's own.</param>
/// <param name="Viewer">For <c>role.Member</c>, the least viewer type it takes.</param>
/// <param name="Plan">A plan.</param>
/// <param name="Metric">A metric.</param>
/// <param name="Quota">Units before the stake multiplier.</param>
/// <param name="HardLimit">Units at most; without it the hard limit grows and shrinks with the quota.</param>
/// <param name="By">Units more or less.</param>
/// <param name="Steps">Stake multipliers, by amount; the first from 0.</param>
/// <param name="Item">What is priced.</param>
/// <param name="Price">1T for a unit.</param>
/// <param name="Rate">So many for one.</param>
/// <param name="From">The token that is given.</param>
/// <param name="To">The token that is got.</param>
/// <param name="RwaType">A type of asset: <c>energy</c>.</param>
/// <param name="Cap">Tokens a day at most.</param>
/// <param name="Unit">What the asset is counted in.</param>
/// <param name="Capabilities">Capability codes.</param>
/// <param name="Reason">Why, for everyone who is stopped by it.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="XFactor">By how much: above 1, at most 3.</param>
/// <param name="Duration">Seconds: at most a day.</param>
/// <param name="Name">A setting's name.</param>
/// <param name="Value">Its value.</param>
public sealed record RegistryOperation(
    RegistryOp Op,
    string? Bundle = null,
    string? Capability = null,
    DecisionScope? Scope = null,
    ViewerType? Viewer = null,
    TeamPlan? Plan = null,
    string? Metric = null,
    Quantity? Quota = null,
    Quantity? HardLimit = null,
    Quantity? By = null,
    IReadOnlyList<MultiplierView>? Steps = null,
    string? Item = null,
    Quantity? Price = null,
    Quantity? Rate = null,
    string? From = null,
    string? To = null,
    string? RwaType = null,
    Quantity? Cap = null,
    string? Unit = null,
    IReadOnlyList<string>? Capabilities = null,
    string? Reason = null,
    DateTimeOffset? Until = null,
    Quantity? XFactor = null,
    int? Duration = null,
    string? Name = null,
    string? Value = null);

/// <summary>A new capability.</summary>
/// <param name="Code"><c>&lt;domain&gt;.&lt;resource&gt;.&lt;action&gt;</c>.</param>
/// <param name="Description">What it lets one do: 1 to 200 characters.</param>
/// <param name="Risk">How much harm a wrong use can do.</param>
public sealed record CreateCapability(string Code, string Description, CapabilityRisk Risk);

/// <summary>What a bundle is to hold more and less.</summary>
/// <param name="Name">The bundle.</param>
/// <param name="Add">Codes, with <c>:own</c> where only for what is the person's own.</param>
/// <param name="Remove">Codes.</param>
/// <param name="ExpectedVersion">The bundle's version that was looked at (<c>If-Match</c>); without it whatever it is now.</param>
public sealed record PutBundleCaps(string Name, IReadOnlyList<string>? Add = null, IReadOnlyList<string>? Remove = null, long? ExpectedVersion = null);

/// <summary>What a plan is to give.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Entitlements">The metrics to set; the others stay.</param>
public sealed record PutPlanEntitlements(TeamPlan Plan, IReadOnlyList<PlanQuota> Entitlements);

/// <summary>What a plan is to give of one metric.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Quota">Units before the stake multiplier.</param>
/// <param name="HardLimit">Units at most; without it the hard limit grows and shrinks with the quota.</param>
public sealed record PlanQuota(string Metric, Quantity Quota, Quantity? HardLimit = null);

/// <summary>Operations to look at.</summary>
/// <param name="Operations">1 to <see cref="MaxOperations"/>.</param>
public sealed record CheckChange(IReadOnlyList<RegistryOperation> Operations)
{
    /// <summary>The most operations of one change.</summary>
    public const int MaxOperations = 50;
}

/// <summary>A rule that operations would break.</summary>
/// <param name="Rule">
/// <c>rule_escalation</c>, <c>rule_plan_order</c>, <c>rule_consistency</c>, <c>rule_multiplier</c>, <c>rule_price_floor</c>, <c>rule_negative</c>, <c>rule_reward</c>,
/// <c>rule_owner_base</c>, <c>rule_irreversible</c>.
/// </param>
/// <param name="Operation">Which operation breaks it, from 0.</param>
/// <param name="Detail">In words.</param>
public sealed record RuleViolation(string Rule, int Operation, Sentence Detail)
{
    /// <summary>Refuses what breaks any rule, whoever wants to make or to propose it.</summary>
    /// <exception cref="CityException"><c>conflict</c> with the first broken rule's code as reason; all of them stand at their operations.</exception>
    public static void RequireNone(IReadOnlyList<RuleViolation> violations)
    {
        if (violations is [var first, ..])
        {
            throw new CityException(ErrorCode.Conflict, first.Detail.Text)
            {
                Reason = first.Rule,
                Errors = violations.GroupBy(violation => $"operations[{violation.Operation}]", StringComparer.Ordinal)
                    .ToDictionary(same => same.Key, same => same.Select(violation => $"{violation.Rule}: {violation.Detail.Text}").ToArray(), StringComparer.Ordinal),
            };
        }
    }
}

/// <summary>What operations would do.</summary>
/// <param name="Version">The registry's version they were checked against.</param>
/// <param name="Violations">The rules they would break; empty where they may be made.</param>
/// <param name="Changes">What they would change, line by line.</param>
/// <param name="Inverse">The operations that would take them back.</param>
public sealed record RegistryCheck(long Version, IReadOnlyList<RuleViolation> Violations, IReadOnlyList<RegistryChange> Changes, IReadOnlyList<RegistryOperation> Inverse);

/// <summary>A policy to make true.</summary>
/// <param name="PolicyId"><c>gov_…</c>; null for what operators found the city with before its first policy.</param>
/// <param name="Operations">Its operations.</param>
public sealed record ApplyPolicy(PolicyId? PolicyId, IReadOnlyList<RegistryOperation> Operations);

/// <summary>What a policy made.</summary>
/// <param name="Version">The registry's version.</param>
/// <param name="Changes">What changed, line by line.</param>
/// <param name="Inverse">The operations that take it back.</param>
public sealed record AppliedChange(long Version, IReadOnlyList<RegistryChange> Changes, IReadOnlyList<RegistryOperation> Inverse);

/// <summary>What to decide again.</summary>
/// <param name="Operations">The operations of the registry as it would be.</param>
/// <param name="Days">Of how many days: 1 to 14.</param>
public sealed record SimulateChange(IReadOnlyList<RegistryOperation> Operations, int Days = 7);

/// <summary>What would be decided otherwise.</summary>
/// <param name="Days">Of how many days.</param>
/// <param name="Replayed">How many recorded decisions there were.</param>
/// <param name="Skipped">How many there were beside them that had been recorded without their facts and could not be decided again.</param>
/// <param name="AllowancesSampled">Of how many allowances one is recorded, so that those here stand for so many times more. Refusals are recorded all.</param>
/// <param name="Changed">How many would be decided otherwise.</param>
/// <param name="NowAllowed">Of these, how many would be allowed.</param>
/// <param name="NowRefused">How many would be refused.</param>
/// <param name="ByAction">Counts by capability, most first.</param>
/// <param name="ByTeam">Counts by team, most first.</param>
/// <param name="ByReason">Counts by the reason before and after, most first.</param>
/// <param name="Examples">Some of them.</param>
public sealed record Simulation(
    int Days,
    long Replayed,
    long Skipped,
    int AllowancesSampled,
    long Changed,
    long NowAllowed,
    long NowRefused,
    IReadOnlyList<SimulatedCount> ByAction,
    IReadOnlyList<SimulatedCount> ByTeam,
    IReadOnlyList<SimulatedCount> ByReason,
    IReadOnlyList<SimulatedDecision> Examples);

/// <summary>How many of one kind would be decided otherwise.</summary>
/// <param name="Key">The capability, the team, or the reasons before and after: <c>quota_exceeded → ok</c>.</param>
/// <param name="NowAllowed">How many would be allowed.</param>
/// <param name="NowRefused">How many would be refused.</param>
public sealed record SimulatedCount(string Key, long NowAllowed, long NowRefused);

/// <summary>A decision that would be another.</summary>
/// <param name="DecisionId">The decision as it was.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Subject">Who asked.</param>
/// <param name="Action">What for.</param>
/// <param name="TeamId">In which team.</param>
/// <param name="Before">The reason by the registry as it is.</param>
/// <param name="After">The reason by the registry as it would be.</param>
public sealed record SimulatedDecision(DecisionId DecisionId, DateTimeOffset At, string Subject, string Action, TeamId? TeamId, string Before, string After);

/// <summary>Asks for the settings.</summary>
public sealed record RegistrySettingsRequest;

/// <summary>A setting that policies change.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Least">The least it may be, where it is a number.</param>
/// <param name="Most">The most.</param>
/// <param name="SetByName">True for what <c>set_governance_setting</c> sets; the others have operations of their own.</param>
public sealed record RegistrySetting(string Name, string Value, Quantity? Least, Quantity? Most, bool SetByName);

/// <summary>The settings.</summary>
/// <param name="Version">The registry's version.</param>
/// <param name="Settings">By name.</param>
public sealed record RegistrySettings(long Version, IReadOnlyList<RegistrySetting> Settings);
