using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Decisions;

/// <summary>The decision log: every refusal and a sample of the allowances.</summary>
public sealed partial class DecisionsPage
{
    private static readonly string[] Reasons =
    [
        "key_invalid", "key_expired", "key_revoked", "team_locked", "no_role", "capability_missing", "rbac_denied", "not_entitled", "acl_block", "confidential_restriction", "quota_exceeded", "frozen", "policy_unavailable",
    ];

    private IReadOnlyList<TableFilter> filters = [];
    private CityTable<DecisionRecord>? table;

    [Inject]
    private IPolicyService Policy { get; set; } = null!;

    protected override Task Load()
    {
        filters =
        [
            new("answer", T["decisions.answer"], [("yes", T["common.yes"]), ("no", T["common.no"])]),
            new("reason", T["decisions.reason"], [.. Reasons.Select(reason => (reason, T.Of("reason", reason)))]),
        ];
        return Task.CompletedTask;
    }

    private Task<Page<DecisionRecord>> List(TableQuery query, CancellationToken ct)
    {
        // Everybody sees their own; the whole log is the operators'.
        var own = Session.Person is { IsOperator: false } person ? person.Id.Value : null;

        // A subject is searched by its id, anything else is an action or, with a point at its end, a domain.
        var isSubject = query.Search is { } search && (search.StartsWith("u_", StringComparison.Ordinal) || search.Contains(':', StringComparison.Ordinal));
        return Policy.ListDecisions(
            Caller,
            new DecisionFilter(own ?? (isSubject ? query.Search : null), isSubject ? null : query.Search, null, query.Filter("answer") switch { "yes" => true, "no" => false, _ => null }, query.Filter("reason"), query.Page),
            ct);
    }
}
