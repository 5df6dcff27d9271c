using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components;
using Daarion.UI.Pages.Governance;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Pages.Access;

/// <summary>Which bundle holds which capability: for every resident to read. Who may try changes has cells to change, looks at them as a diff, and saves them or puts them to the vote.</summary>
public sealed partial class BundlesPage
{
    private static readonly string[] FirstShown = ["role.Visitor", "role.Member", "role.Guardian", "role.Owner", "city.Member", "city.Guardian", "city.Owner"];
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(250);
    private readonly MatrixEdits edits = new();
    private readonly ChangeCheck check = new();
    private readonly HashSet<string> shown = new(StringComparer.Ordinal);
    private IReadOnlyList<CapabilityView> all = [];
    private IReadOnlyList<BundleView> bundles = [];
    private IReadOnlyList<string> risky = [];
    private RightSet may = RightSet.None;
    private bool highRiskByVote;
    private bool needsPolicy;
    private bool asking;
    private int asked;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "domain")]
    private string? DomainQuery { get; set; }

    [SupplyParameterFromQuery(Name = "risk")]
    private string? RiskQuery { get; set; }

    [SupplyParameterFromQuery(Name = "bundles")]
    private string? BundlesQuery { get; set; }

    [Inject]
    private ICapabilityService Registry { get; set; } = null!;

    [Inject]
    private IRegistryService Changes { get; set; } = null!;

    [Inject]
    private IGovernanceService Governance { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    private bool MayTry => may.May("capability.check");

    private IEnumerable<string> Columns => bundles.Select(bundle => bundle.Name).Where(shown.Contains).OrderBy(Place).ThenBy(name => name, StringComparer.Ordinal);

    private IEnumerable<CapabilityView> Rows => all.Where(capability =>
        (DomainQuery is null || Domain(capability) == DomainQuery) && (RiskQuery is null || Words.Of(capability.Risk) == RiskQuery)
        && (Query is null || capability.Code.Contains(Query, StringComparison.OrdinalIgnoreCase) || (Texts.Find($"capability.{capability.Code}") ?? capability.Description).Contains(Query, StringComparison.CurrentCultureIgnoreCase)));

    protected override async Task Load()
    {
        if (!Loaded)
        {
            may = await Rights.In(null, Gone, "city.capability.manage", "capability.check");
            foreach (var name in BundlesQuery?.Split(',') ?? FirstShown)
            {
                shown.Add(name);
            }
        }

        var most = new PageRequest(PageRequest.MaxLimit);
        all = (await Registry.ListCapabilities(Caller, new CapabilityFilter(Page: most), Gone)).Items;
        bundles = [.. (await Registry.ListBundles(Caller, new BundleFilter(Page: most), Gone)).Items.Where(bundle => bundle.Kind is not (BundleKind.Service or BundleKind.Platform))];
        highRiskByVote = (await Governance.GetSettings(Caller, new GovernanceSettingsRequest(), Gone)).Settings.FirstOrDefault(setting => GovernanceWords.Short(setting.Name) == "policy_for_high_risk")?.Value != "false";
        await Take();
        await Check();
    }

    private static string Domain(CapabilityView capability) => capability.Code.Split('.')[0];

    private static int Place(string name) => Array.IndexOf(FirstShown, name) is >= 0 and var at ? at : FirstShown.Length;

    private async Task Take()
    {
        foreach (var detail in await Task.WhenAll(bundles.Where(bundle => shown.Contains(bundle.Name)).Select(bundle => Registry.GetBundle(Caller, new BundleRequest(bundle.Name), Gone))))
        {
            edits.Take(detail);
        }
    }

    private async Task Show(string name)
    {
        if (!shown.Remove(name))
        {
            shown.Add(name);
            await Look(Take);
        }

        Keep(new() { ["bundles"] = string.Join(',', Columns) });
    }

    private async Task Typed(ChangeEventArgs e)
    {
        var mine = ++asked;
        Query = Blank(e.Value?.ToString());
        await Task.Delay(Typing, Time, Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (mine == asked)
        {
            Keep(new() { ["q"] = Query });
        }
    }

    private void Narrow(string? domain = null, string? risk = null)
    {
        if (domain is not null)
        {
            DomainQuery = Blank(domain);
        }

        if (risk is not null)
        {
            RiskQuery = Blank(risk);
        }

        Keep(new() { ["domain"] = DomainQuery, ["risk"] = RiskQuery });
    }

    private void Keep(Dictionary<string, object?> query) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query), replace: true);

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private async Task Toggle(string bundle, string code)
    {
        edits.Toggle(bundle, code);
        asking = false;
        await Check();
    }

    // What would change, which rules that breaks, and whether the city leaves it to operators at all.
    private async Task Check()
    {
        var operations = edits.Operations();
        risky = [.. operations.Select(o => o.Capability!).Where(code => highRiskByVote && all.Any(one => one.Code == code && one.Risk == CapabilityRisk.High)).Distinct(StringComparer.Ordinal)];
        needsPolicy = risky.Count > 0;
        if (operations.Count == 0)
        {
            check.Forget();
            return;
        }

        await check.Ask(
            async () =>
            {
                var found = await Changes.CheckChange(Caller, new CheckChange(operations), Gone);
                return new CheckedChange(found.Violations, found.Changes, operations);
            },
            Gone);
    }

    private void Forget()
    {
        edits.Clear();
        check.Forget();
        (asking, needsPolicy) = (false, false);
    }

    private async Task Save()
    {
        var saved = await Do(
            async () =>
            {
                foreach (var bundle in edits.Bundles.ToList())
                {
                    edits.Take(await Changes.PutBundleCaps(Caller, edits.Change(bundle), Gone));
                }
            },
            T["common.saved"]);
        asking = false;
        if (!saved)
        {
            await Reload();
        }
    }

    private async Task MakeProposal()
    {
        await Browser.InvokeVoidAsync("daarion.drafts.set", NewProposal.Draft, "operations", OperationDraft.Write(edits.Operations().Select(OperationDraft.From)));
        Navigation.NavigateTo("/governance/new");
    }
}
