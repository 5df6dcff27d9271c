using Daarion.Core.Capabilities;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Keys;

/// <summary>Makes an access key of a team: for oneself, an agent or an integration, with some of what one holds there.</summary>
public sealed partial class NewKey
{
    private const string Making = "access_key.create";
    private static readonly int[] Lives = [1, 7, 30, 90, 180, 365];
    private static readonly BundleKind[] Open = [BundleKind.Agent, BundleKind.Integration, BundleKind.Custom];
    private readonly HashSet<string> chosen = new(StringComparer.Ordinal);
    private readonly HashSet<string> held = new(StringComparer.Ordinal);
    private IReadOnlyList<HeldCapability> mine = [];
    private IReadOnlyList<BundleView> bundles = [];
    private RightSet may = RightSet.None;
    private TeamView? team;
    private AccessKeySecret? made;
    private bool forTeam;
    private Kinds kind;
    private string name = "";
    private string program = "";
    private string filter = "";
    private string cidrs = "";
    private string budget = "";
    private int? rate;
    private int days = 90;

    private enum Kinds
    {
        Me,
        Agent,
        Integration,
    }

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IAccessKeyService Keys { get; set; } = null!;

    [Inject]
    private IAccessReviewService Review { get; set; } = null!;

    [Inject]
    private ICapabilityService Capabilities { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    // No agent touches money or votes, and no key makes keys.
    private IEnumerable<HeldCapability> Offered => mine.Where(one => kind != Kinds.Agent || !Actions.IsForPeopleOnly(one.Capability));

    protected override async Task Load()
    {
        var teamId = TeamId.Parse(Id);
        team = await Once("team", () => Teams.Get(Caller, new GetTeam(teamId), Gone));
        may = await Rights.In(teamId, Gone, Making);
        var all = await Once("mine", () => Held(teamId));
        forTeam = all.Any(one => one is { Capability: Making, Scope: DecisionScope.All });
        mine = [.. all.Where(one => !Actions.IsNeverByKey(one.Capability)).OrderBy(one => one.Capability.StartsWith("city.", StringComparison.Ordinal)).ThenBy(one => one.Capability, StringComparer.Ordinal)];
        bundles = await Once("bundles", OpenBundles);
    }

    private async Task<List<HeldCapability>> Held(TeamId teamId)
    {
        var all = new List<HeldCapability>();
        for (string? from = null, first = ""; from is not null || first is not null; first = null)
        {
            var page = await Review.WhatCan(Caller, new WhatCan(Session.Person!.Id.Value, teamId, new PageRequest(PageRequest.MaxLimit, from)), Gone);
            all.AddRange(page.Items);
            from = page.NextCursor;
        }

        return all;
    }

    private async Task<List<BundleView>> OpenBundles()
    {
        var found = new List<BundleView>();
        foreach (var open in Open)
        {
            found.AddRange((await Capabilities.ListBundles(Caller, new BundleFilter(open, new PageRequest(PageRequest.MaxLimit)), Gone)).Items);
        }

        return found;
    }

    private bool Matches(HeldCapability one) => chosen.Contains(one.Capability) || filter.Length == 0 || one.Capability.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || Texts.Find($"capability.{one.Capability}")?.Contains(filter, StringComparison.CurrentCultureIgnoreCase) == true;

    private void ChooseReading() => chosen.UnionWith(Offered.Where(one => Actions.IsRead(one.Capability) && !one.Capability.StartsWith("city.", StringComparison.Ordinal)).Select(one => one.Capability));

    private static void Choose(HashSet<string> among, string one, bool isHeld)
    {
        if (isHeld)
        {
            among.Add(one);
        }
        else
        {
            among.Remove(one);
        }
    }

    private async Task Create()
    {
        var subject = kind == Kinds.Me ? KeySubject.Of(Session.Person!.Id) : KeySubject.Parse($"{Words.Of(kind)}:{program.Trim()}");
        var amount = string.IsNullOrWhiteSpace(budget) ? default(Quantity?) : Quantity.TryParse(budget.Trim().Replace(',', '.'), null, out var given) ? given : throw CityException.Invalid("budget_1t", T["keys.budget_wrong"]);
        made = await Keys.Create(
            Caller,
            new CreateAccessKey(
                TeamId.Parse(Id),
                name.Trim(),
                subject,
                [.. held.Order(StringComparer.Ordinal)],
                [.. Offered.Where(one => chosen.Contains(one.Capability)).Select(one => one.Scope == DecisionScope.Own ? one.Capability + ":own" : one.Capability)],
                (int)TimeSpan.FromDays(days).TotalSeconds,
                rate,
                amount,
                cidrs.Split(['\n', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
            Gone);
    }

    private string FirstCall(AccessKeySecret key) => $"curl -s \"{Navigation.BaseUri}api/v1/teams/{Id}\" -H \"Authorization: Bearer {key.Secret}\"";
}
