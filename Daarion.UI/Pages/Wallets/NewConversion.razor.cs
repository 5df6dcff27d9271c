using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Changes tokens of a wallet into others: says what comes of it before anything is sent.</summary>
public sealed partial class NewConversion
{
    private IReadOnlyList<(string Id, string Title)> owners = [];
    private ConversionRates? rates;
    private Balance? balance;
    private string owner = "";
    private string pair = "";
    private string amount = "";
    private Dictionary<string, Right> rights = new(StringComparer.Ordinal);

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    private ConversionRate Chosen => rates!.Rates.FirstOrDefault(one => KeyOf(one) == pair) ?? rates.Rates[0];

    private Quantity Has => balance!.Balances.Single(one => one.Symbol == Chosen.From).Available;

    // What the ledger would make of it: rounded once, as it rounds.
    private Quantity? Got
    {
        get
        {
            try
            {
                return Quantity.Of(decimal.Round(Receiver.Amount(amount, T).Value * Chosen.Rate.Value, Quantity.Places, MidpointRounding.ToEven));
            }
            catch (CityException)
            {
                return null;
            }
        }
    }

    protected override async Task Load()
    {
        var mine = await Once("teams", () => Teams.Mine(Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), Gone));
        owners = [(Session.Person!.Id.Value, Session.Person.DisplayName), .. mine.Items.Select(my => (my.Team.Id.Value, my.Team.Name))];
        rights = (await Rights.Each([.. owners.Select(one => WalletRights.Convert(OwnerId.Parse(one.Id)))], Gone)).Zip(owners).ToDictionary(one => one.Second.Id, one => one.First, StringComparer.Ordinal);
        owners = [.. owners.Where((one, place) => place == 0 || rights[one.Id].Allow)];
        owner = owners[0].Id;
        await Ask(owner);
    }

    private static string KeyOf(ConversionRate rate) => $"{rate.From.Code()}.{rate.To.Code()}";

    private Task<bool> Look() => Look(() => Ask(owner));

    private async Task Ask(string of)
    {
        var whose = OwnerId.Parse(of);
        rates = await Wallets.GetConversionRates(Caller, new ConversionRatesRef(whose), Gone);
        balance = await Wallets.GetBalance(Caller, new BalanceRef(whose), Gone);
        pair = rates.Rates.Any(one => KeyOf(one) == pair) ? pair : rates.Rates.Select(KeyOf).FirstOrDefault("");
    }

    private DraftQuestion Ask() => new(
        T["wallets.convert_ask", Format.Amount(Receiver.Amount(amount, T), Chosen.From), Format.Amount(Got ?? Quantity.Zero, Chosen.To)],
        T["wallets.convert_more", owners.First(one => one.Id == owner).Title],
        T["wallets.convert"],
        HighRisk: true);

    private async Task Send()
    {
        await Wallets.Convert(Caller, new ConvertTokens(OwnerId.Parse(owner), Chosen.From, Chosen.To, Receiver.Amount(amount, T)), Gone);
        Navigation.NavigateTo("/conversions");
    }
}
