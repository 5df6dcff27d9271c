using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Pages.Governance;

/// <summary>Drafts a proposal: its operations, what they would change, which rules they would break, what would have been decided otherwise.</summary>
public sealed partial class NewProposal
{
    /// <summary>The draft's name; other pages put operations into it.</summary>
    public const string Draft = "proposal.new";

    private const int MinTitle = 3;
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);
    private static readonly int[] Usual = [60, 600, 3_600, 6 * 3_600, 86_400, 2 * 86_400, 3 * 86_400, 5 * 86_400, 7 * 86_400, 14 * 86_400, 30 * 86_400, 60 * 86_400, 90 * 86_400];
    private readonly ChangeCheck check = new();
    private ProposingPlaces places = new([], null);
    private RegistryChoices choices = RegistryChoices.None;
    private List<OperationDraft> operations = [new()];
    private PolicyDetail? taken;
    private Simulation? simulation;
    private string title = "";
    private string? body;
    private string team = "";
    private string opens = "";
    private int lasts;
    private int days = 7;

    [SupplyParameterFromQuery(Name = "op")]
    private string? AskedOp { get; set; }

    [SupplyParameterFromQuery(Name = "name")]
    private string? AskedName { get; set; }

    [SupplyParameterFromQuery(Name = "plan")]
    private string? AskedPlan { get; set; }

    [SupplyParameterFromQuery(Name = "metric")]
    private string? AskedMetric { get; set; }

    [SupplyParameterFromQuery(Name = "rolls_back")]
    private string? RollsBack { get; set; }

    [Inject]
    private IGovernanceService Governance { get; set; } = null!;

    [Inject]
    private ICapabilityService Registry { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    private string DraftKey => string.Join('.', new[] { Draft, AskedOp, AskedName, AskedPlan, AskedMetric, RollsBack }.Where(part => part is not null));

    // What the browser keeps of the operations: a field of the form like any other.
    private string Kept
    {
        get => OperationDraft.Write(operations);
        set
        {
            if (OperationDraft.Read(value) is { Count: > 0 } kept)
            {
                operations = kept;
                _ = InvokeAsync(CheckSoon);
            }
        }
    }

    private IEnumerable<int> Lengths
    {
        get
        {
            var (least, most) = (Setting("min_voting_seconds"), Setting("max_voting_seconds"));
            return Usual.Append(least).Append(most).Where(seconds => seconds >= least && seconds <= most).Distinct().Order();
        }
    }

    // The server looks at its clock a moment later than the screen did.
    private (DateTimeOffset? Opens, DateTimeOffset Closes) Window
    {
        get
        {
            var later = OperationDraft.Moment(opens, Clock.Zone);
            var length = TimeSpan.FromSeconds(lasts);
            return (later, (later ?? Clock.Now) + (later is null && lasts == Setting("max_voting_seconds") ? length : later is null ? length + Slack : length));
        }
    }

    private string? Hinders => check.Found is { Violations.Count: > 0 } ? T["governance.breaks_rules"] : null;

    protected override async Task Load()
    {
        places = await ProposingPlaces.Of(Caller, Session.Person!, Teams, Rights, T, Gone);
        team = places.Places is [var first, ..] ? first.Team?.Value ?? string.Empty : string.Empty;
        choices = await RegistryChoices.Load(Caller, Registry, Governance, Gone);
        lasts = Setting("min_voting_seconds");
        if (AskedOp is not null && Enum.GetValues<RegistryOp>().FirstOrDefault(op => Words.Of(op) == AskedOp) is var wanted && Words.Of(wanted) == AskedOp)
        {
            operations = [new OperationDraft { Op = wanted }];
            operations[0]["name"] = AskedName ?? string.Empty;
            operations[0]["plan"] = AskedPlan ?? string.Empty;
            operations[0]["metric"] = AskedMetric ?? string.Empty;
        }

        if (RollsBack is not null)
        {
            taken = await Governance.GetPolicy(Caller, new PolicyRef(PolicyId.Parse(RollsBack)), Gone);
            await Check(null);
        }
    }

    private int Setting(string name) =>
        int.TryParse(choices.Voting.FirstOrDefault(setting => GovernanceWords.Short(setting.Name) == name)?.Value, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 86_400;

    private string? WrongField(string field) => check.Errors.GetValueOrDefault(field) is [var message, ..] ? Failures.Sentence(message) : null;

    private Task Open(ChangeEventArgs e)
    {
        opens = e.Value?.ToString() ?? string.Empty;
        return Changed();
    }

    private async Task Add()
    {
        operations.Add(new OperationDraft { Op = operations[^1].Op });
        await Changed();
    }

    private async Task Remove(OperationDraft draft)
    {
        operations.Remove(draft);
        await Changed();
    }

    private async Task Changed()
    {
        await Browser.InvokeVoidAsync("daarion.drafts.set", DraftKey, "operations", Kept);
        await CheckSoon();
    }

    private async Task CheckSoon()
    {
        simulation = null;
        var checking = Check(Task.Delay(Typing, Time, Gone));
        StateHasChanged();
        await checking;
        if (!Gone.IsCancellationRequested)
        {
            StateHasChanged();
        }
    }

    private Task Check(Task? pause) => check.Ask(
        async () =>
        {
            if (RollsBack is null && operations.Exists(draft => draft.Missing.Any()))
            {
                return null;
            }

            var found = await Governance.Validate(Caller, Request() with { Title = title.Trim().Length >= MinTitle ? title : T["governance.new"] }, Gone);
            return new CheckedChange(found.Violations, found.Changes, found.Operations);
        },
        Gone,
        pause);

    private Propose Request()
    {
        var (later, closes) = Window;
        return new(
            title.Trim(),
            closes,
            RollsBack is null ? Operations() : null,
            RollsBack is null ? null : PolicyId.Parse(RollsBack),
            string.IsNullOrWhiteSpace(body) ? null : body.Trim(),
            TeamId.TryParse(team, out var proposing) ? proposing : null,
            later);
    }

    private List<RegistryOperation> Operations() => [.. operations.Select((draft, at) => draft.ToOperation(at, Clock.Zone))];

    private Task<bool> Simulate() => Do(async () => simulation = await Governance.SimulateOperations(Caller, new SimulateOperations(check.Found?.Operations ?? Operations(), days), Gone));

    private DraftQuestion Ask()
    {
        if (title.Trim().Length < MinTitle)
        {
            throw CityException.Invalid("title", $"Give {MinTitle} to 120 characters.");
        }

        if (check.Found is not { Violations.Count: 0 } good)
        {
            throw CityException.Conflict(T[check.Found is null ? "governance.check_waits" : "governance.breaks_rules"], "incomplete");
        }

        var (later, closes) = Window;
        return new(
            T["governance.propose_ask", title.Trim()],
            $"{T.Count("governance.propose_more", good.Changes.Count)} {(later is { } at ? T["governance.propose_later", Clock.Minute(at), Clock.Minute(closes)] : T["governance.propose_now", Clock.Minute(closes)])}",
            T["governance.propose"]);
    }

    private async Task Send()
    {
        var made = await Governance.Propose(Caller, Request(), Gone);
        Navigation.NavigateTo($"/governance/{made.Id}");
    }
}
