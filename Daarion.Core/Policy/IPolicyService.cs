using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>
/// The PDP for callers outside the process, and its memory. The same engine answers every service in process through <see cref="IAccess"/>.
/// Every service key may ask about any subject; operators too; a person may ask about themselves.
/// </summary>
public interface IPolicyService
{
    /// <summary>May this subject do this? Needs <c>policy.decide</c>.</summary>
    Task<DecisionAnswer> Decide(Caller caller, DecisionRequest request, CancellationToken ct);

    /// <summary>The same with the whole chain: what each factor looked at, where that comes from, and what would have to change. Needs <c>policy.explain</c>.</summary>
    Task<DecisionExplanation> Explain(Caller caller, DecisionRequest request, CancellationToken ct);

    /// <summary>Up to <see cref="DecideBatch.MaxRequests"/> decisions, answered in order. Needs <c>policy.decide</c>.</summary>
    Task<DecisionAnswers> DecideBatch(Caller caller, DecideBatch request, CancellationToken ct);

    /// <summary>The decision log, newest first: every refusal and a sample of the allowances of the last 14 days. Needs <c>policy.decision.read</c>; a person reads their own.</summary>
    Task<Page<DecisionRecord>> ListDecisions(Caller caller, DecisionFilter request, CancellationToken ct);

    /// <summary>One decision with its chain, as it was then. Needs <c>policy.decision.read</c>; a person reads their own. Refused with <c>not_found</c> where it was not kept.</summary>
    Task<DecisionExplanation> GetDecision(Caller caller, DecisionRef request, CancellationToken ct);
}

/// <summary>Who is asked about.</summary>
/// <param name="Id"><c>u_…</c> for a person, <c>service:&lt;client_id&gt;</c> or the bare <c>client_id</c> for a service key, <c>service:&lt;name&gt;</c> for one of the city's services, <c>embassy:&lt;platform&gt;</c>.</param>
/// <param name="Kind">What kind of subject.</param>
public sealed record SubjectRef(string Id, SubjectKind Kind);

/// <summary>What the action would be done to.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Id">Which one.</param>
/// <param name="TeamId">The team it belongs to; wins over the request's own.</param>
/// <param name="Mode">Its own mode, where it is confidential inside a public team.</param>
/// <param name="Acl">Who is on its access list; null where it has none.</param>
/// <param name="Owner">The person it belongs to.</param>
public sealed record DecisionResource(string Kind, string? Id = null, TeamId? TeamId = null, TeamMode? Mode = null, IReadOnlyList<string>? Acl = null, string? Owner = null);

/// <summary>Circumstances.</summary>
/// <param name="Ip">Where the request would come from.</param>
/// <param name="UserAgent">With which program.</param>
/// <param name="At">When; now where not given.</param>
/// <param name="Units">How many units of the quota it would take; 1 where not given.</param>
public sealed record DecisionContext(string? Ip = null, string? UserAgent = null, DateTimeOffset? At = null, Quantity? Units = null);

/// <summary>One question for the PDP.</summary>
/// <param name="Subject">Who.</param>
/// <param name="Action">The capability's code, without scope.</param>
/// <param name="TeamId">In which team; the city as a whole where neither this nor the resource says.</param>
/// <param name="Resource">To what.</param>
/// <param name="KeyId">With which key.</param>
/// <param name="Context">Circumstances.</param>
public sealed record DecisionRequest(
    SubjectRef Subject, string Action, TeamId? TeamId = null, DecisionResource? Resource = null, string? KeyId = null, DecisionContext? Context = null);

/// <summary>Many questions at once.</summary>
/// <param name="Requests">At most <see cref="MaxRequests"/>.</param>
public sealed record DecideBatch(IReadOnlyList<DecisionRequest> Requests)
{
    /// <summary>The most questions of one batch.</summary>
    public const int MaxRequests = 200;
}

/// <summary>How the quota behind an action stands.</summary>
/// <param name="Metric">Which quota.</param>
/// <param name="Used">Units used in the window.</param>
/// <param name="Limit">The effective quota.</param>
/// <param name="Remaining">Units left.</param>
/// <param name="Warning">True from 80 % on.</param>
public sealed record QuotaStanding(string Metric, Quantity Used, Quantity Limit, Quantity Remaining, bool Warning)
{
    /// <summary>From which part of a quota on there is a warning.</summary>
    public const decimal WarningFrom = 0.8m;

    /// <summary>The standing of a fact.</summary>
    public static QuotaStanding Of(QuotaFact fact) =>
        new(fact.Metric, Quantity.Of(fact.Used), Quantity.Of(fact.Limit), Quantity.Of(Math.Max(0, fact.Limit - fact.Used)), fact.Used >= fact.Limit * WarningFrom);
}

/// <summary>The PDP's answer.</summary>
/// <param name="Allow">Yes or no.</param>
/// <param name="Reason"><c>ok</c>, or the reason of the first factor that failed.</param>
/// <param name="Obligations">What the caller must respect, for example <c>summary_only</c>.</param>
/// <param name="Scope">How far an allowance reaches.</param>
/// <param name="Quota">How the quota stands; null where the action is not metered.</param>
/// <param name="DecisionId"><c>dec_…</c>.</param>
public sealed record DecisionAnswer(bool Allow, string Reason, IReadOnlyList<string> Obligations, DecisionScope Scope, QuotaStanding? Quota, DecisionId DecisionId);

/// <summary>The answers of a batch, in the order of its requests.</summary>
/// <param name="Answers">One for each request.</param>
public sealed record DecisionAnswers(IReadOnlyList<DecisionAnswer> Answers);

/// <summary>How a factor came out.</summary>
public enum FactorResult
{
    /// <summary>Nothing stands in the way here.</summary>
    Pass,

    /// <summary>This factor says no.</summary>
    Fail,

    /// <summary>A factor before it said no, so its word did not count.</summary>
    NotReached,
}

/// <summary>Where a fact comes from.</summary>
/// <param name="Kind"><c>key</c>, <c>team</c>, <c>membership</c>, <c>bundle</c>, <c>registry</c>, <c>plan</c>, <c>resource</c>, <c>quota</c>, <c>freeze</c>, <c>city</c>.</param>
/// <param name="Id">Which one: a key's id, a bundle's name, ….</param>
/// <param name="Version">Of the bundle or the registry.</param>
/// <param name="Since">Since when it is so: a membership's begin.</param>
public sealed record FactSource(string Kind, string? Id = null, long? Version = null, DateTimeOffset? Since = null);

/// <summary>One link of the chain.</summary>
/// <param name="Factor"><c>key</c>, <c>team_state</c>, <c>role</c>, <c>capability</c>, <c>rbac</c>, <c>entitlement</c>, <c>acl</c>, <c>mode</c>, <c>quota</c>, <c>freeze</c>.</param>
/// <param name="Result">How it came out.</param>
/// <param name="Reason">Its reason, where it failed.</param>
/// <param name="Found">What it looked at and found; null where it was not reached.</param>
/// <param name="Sources">Where those facts come from.</param>
/// <param name="Change">What would have to change for a yes; null where it passed.</param>
public sealed record FactorFinding(string Factor, FactorResult Result, string? Reason, Sentence? Found, IReadOnlyList<FactSource> Sources, Sentence? Change);

/// <summary>An answer with its whole chain.</summary>
/// <param name="DecisionId"><c>dec_…</c>.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Subject">Who asked.</param>
/// <param name="Action">What for.</param>
/// <param name="TeamId">In which team.</param>
/// <param name="Resource">To what.</param>
/// <param name="KeyId">With which key.</param>
/// <param name="Allow">Yes or no.</param>
/// <param name="Reason"><c>ok</c>, or the reason of the first factor that failed.</param>
/// <param name="Obligations">What the caller must respect.</param>
/// <param name="Scope">How far an allowance reaches.</param>
/// <param name="Quota">How the quota stands.</param>
/// <param name="RegistryVersion">The version of the registry that decided.</param>
/// <param name="TraceId">The trace it was part of.</param>
/// <param name="Chain">The ten factors in order.</param>
/// <param name="Change">What would have to change for a yes; null where the answer is yes.</param>
public sealed record DecisionExplanation(
    DecisionId DecisionId,
    DateTimeOffset At,
    SubjectRef Subject,
    string Action,
    TeamId? TeamId,
    DecisionResource? Resource,
    string? KeyId,
    bool Allow,
    string Reason,
    IReadOnlyList<string> Obligations,
    DecisionScope Scope,
    QuotaStanding? Quota,
    long RegistryVersion,
    string? TraceId,
    IReadOnlyList<FactorFinding> Chain,
    Sentence? Change);

/// <summary>What to show of the decision log.</summary>
/// <param name="Subject">Only of this subject (<c>u_…</c>, <c>embassy:…</c>).</param>
/// <param name="Action">Only of this capability, or of a domain when it ends in a point (<c>wallet.</c>).</param>
/// <param name="TeamId">Only about this team.</param>
/// <param name="Allow">Only allowances, or only refusals.</param>
/// <param name="Reason">Only with this reason.</param>
/// <param name="Page">Which page.</param>
public sealed record DecisionFilter(
    string? Subject = null, string? Action = null, TeamId? TeamId = null, bool? Allow = null, string? Reason = null, PageRequest? Page = null);

/// <summary>One decision.</summary>
/// <param name="DecisionId"><c>dec_…</c>.</param>
public sealed record DecisionRef(DecisionId DecisionId);

/// <summary>A line of the decision log.</summary>
/// <param name="Id"><c>dec_…</c>.</param>
/// <param name="At">When.</param>
/// <param name="Subject">Who.</param>
/// <param name="Action">What.</param>
/// <param name="TeamId">In which team.</param>
/// <param name="ResourceKind">To what kind of thing.</param>
/// <param name="ResourceId">To which one.</param>
/// <param name="Allow">Yes or no.</param>
/// <param name="Reason">Why.</param>
/// <param name="RegistryVersion">The version of the registry that decided.</param>
/// <param name="TraceId">The trace it was part of.</param>
public sealed record DecisionRecord(
    DecisionId Id, DateTimeOffset At, SubjectRef Subject, string Action, TeamId? TeamId, string? ResourceKind, string? ResourceId, bool Allow, string Reason, long RegistryVersion, string? TraceId);
