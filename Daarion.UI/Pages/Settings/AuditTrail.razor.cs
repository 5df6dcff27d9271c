using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;
using Daarion.UI.Components.Tables;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Settings;

/// <summary>What was done to a thing, by whom and when: the audit log, whole or as the history on a thing's own page.</summary>
public sealed partial class AuditTrail
{
    private CityTable<AuditRecord>? table;
    private IReadOnlyList<TableFilter> filters = [];

    /// <summary>What the list is called.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Only about a team.</summary>
    [Parameter]
    public TeamId? Team { get; set; }

    /// <summary>Only about this kind of thing.</summary>
    [Parameter]
    public string? TargetKind { get; set; }

    /// <summary>Only about this thing.</summary>
    [Parameter]
    public string? TargetId { get; set; }

    /// <summary>Only by this subject.</summary>
    [Parameter]
    public string? Actor { get; set; }

    /// <summary>The page of the log itself.</summary>
    [Parameter]
    public bool Whole { get; set; }

    [Inject]
    private ITelemetryService Telemetry { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override void OnInitialized() => filters = Whole ? [TableFilter.Day("from", T["table.from_day"]), TableFilter.Day("to", T["table.to_day"])] : [];

    /// <summary>Looks again.</summary>
    public Task Refresh() => table?.Refresh() ?? Task.CompletedTask;

    private Task<Page<AuditRecord>> List(TableQuery query, CancellationToken ct)
    {
        // Ids of people and keys are who did it; other words are what was done.
        var byWhom = query.Search is { } search && (search.StartsWith("u_", StringComparison.Ordinal) || search.Contains(':', StringComparison.Ordinal));
        return Telemetry.ListAudit(Session.Caller, new ListAudit(query.Page, Team, TargetKind, TargetId, Actor ?? (byWhom ? query.Search : null), byWhom ? null : query.Search, query.Day("from", Clock), query.Day("to", Clock, after: 1)), ct);
    }
}
