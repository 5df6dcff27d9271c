using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>How a token went between mint, teams, people and burn in a time: a picture, and its table.</summary>
public sealed partial class MoneyMapPage
{
    private MoneyMap? map;
    private SankeyLayout? flow;
    private string symbol = Symbol.KWT.Code();
    private int span = 30;

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override async Task Load()
    {
        map = await Wallets.GetMoneyMap(Caller, new FlowQuery(Symbols.Parse(symbol), Clock.Now.AddDays(-span)), Gone);
        flow = SankeyLayout.Of(map.Flows);
    }

    private async Task Span(int days)
    {
        span = days;
        await Reload();
    }

    private string Says(MoneyFlow one) => $"{T[$"wallets.flow_{one.Giver}"]} → {T[$"wallets.flow_{one.Receiver}"]}: {Format.Amount(one.Amount, map!.Symbol)} ({T.Word(one.Kind)})";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    // Razor takes a tag named text for its own. The label keeps its size however wide the picture is.
    private RenderFragment Label(SankeyNode node) => builder =>
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", node.IsReceiver ? "100%" : "0");
        builder.AddAttribute(2, "dx", node.IsReceiver ? "-22" : "22");
        builder.AddAttribute(3, "y", Number(node.Y + (node.Height / 2) + 4));
        builder.AddAttribute(4, "text-anchor", node.IsReceiver ? "end" : "start");
        builder.AddContent(5, $"{T[$"wallets.flow_{node.Name}"]} · {Format.Amount(Quantity.Of(node.Total), map!.Symbol)}");
        builder.CloseElement();
    };
}
