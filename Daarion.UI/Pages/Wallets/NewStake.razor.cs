using System.Globalization;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Locks RINGK for a team: says until when, and what becomes of the team's multiplier, before anything is sent.</summary>
public sealed partial class NewStake
{
    private IReadOnlyList<(string Id, string Title)> teams = [];
    private IReadOnlyList<MultiplierView> steps = [];
    private string team = "";
    private string owner = "";
    private string amount = "";
    private string days = "30";
    private Quantity has = Quantity.Zero;
    private Quantity staked = Quantity.Zero;
    private Right? right;

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private ICapabilityService Capabilities { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    private Quantity Asked
    {
        get
        {
            try
            {
                return Receiver.Amount(amount, T);
            }
            catch (CityException)
            {
                return Quantity.Zero;
            }
        }
    }

    private DateTimeOffset? Until => int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= StakeTokens.LeastDays and <= StakeTokens.MostDays ? Clock.Now.AddDays(count) : null;

    protected override async Task Load()
    {
        teams = [.. (await Once("teams", () => Teams.Mine(Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), Gone))).Items.Select(my => (my.Team.Id.Value, my.Team.Name))];
        steps = (await Once("registry", () => Capabilities.GetRegistry(Caller, new RegistryRequest(), Gone))).Multipliers;
        if (teams.Count > 0)
        {
            (team, owner) = (teams[0].Id, Session.Person!.Id.Value);
            await Ask(team, owner);
        }
    }

    private string TitleOf(string id) => teams.First(one => one.Id == id).Title;

    private Quantity Multiplier(Quantity of) => steps.LastOrDefault(step => step.FromAmount.Value <= of.Value)?.Multiplier ?? Quantity.Of(1);

    private async Task Look()
    {
        owner = owner.StartsWith(UserKind.Prefix, StringComparison.Ordinal) ? owner : team;
        await Look(() => Ask(team, owner));
    }

    private async Task Ask(string forTeam, string whose)
    {
        var (id, giver) = (TeamId.Parse(forTeam), OwnerId.Parse(whose));
        right = (await Rights.Each([WalletRights.Stake(giver, id)], Gone))[0];
        has = (await Wallets.GetBalance(Caller, new BalanceRef(giver), Gone)).Balances.Single(one => one.Symbol == Symbol.RINGK).Available;
        staked = (await Wallets.SumStakes(Caller, new StakeTotalRef(id), Gone)).Locked;
    }

    private DraftQuestion Ask() => new(
        T["wallets.stake_ask", Format.Amount(Receiver.Amount(amount, T), Symbol.RINGK), TitleOf(team)],
        Until is { } until ? T["wallets.stake_more", Clock.Minute(until)] : T["wallets.lock_days_hint", StakeTokens.LeastDays, StakeTokens.MostDays],
        T["wallets.stake"],
        HighRisk: true);

    private async Task Send()
    {
        var lockDays = int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        await Wallets.Stake(Caller, new StakeTokens(OwnerId.Parse(owner), TeamId.Parse(team), Receiver.Amount(amount, T), lockDays), Gone);
        Navigation.NavigateTo("/stakes");
    }
}
