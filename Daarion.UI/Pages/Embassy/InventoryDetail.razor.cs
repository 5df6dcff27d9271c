using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>An inventory: how it came to stand where it stands, and how it is set right.</summary>
public sealed partial class InventoryDetail
{
    private const string Update = "rwa.inventory.update";
    private Inventory? inventory;
    private MovementTable? movements;
    private IReadOnlyList<ChartPoint> points = [];
    private DateTimeOffset from;
    private DateTimeOffset to;
    private RightSet may = RightSet.None;
    private bool asking;
    private string delta = "";
    private string reason = "";

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IRwaService Inventories { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override async Task Load()
    {
        var id = RwaId.Parse(Id);
        inventory = await Once("inventory", () => Inventories.GetInventory(Caller, new InventoryRef(id), Gone));
        var series = await Inventories.GetInventorySeries(Caller, new InventorySeriesQuery(id), Gone);
        var unit = T.Of("unit", series.Unit);
        points = [.. series.Points.Select(point => new ChartPoint(
            point.Ts, (double)point.Value.Value, $"{Clock.Minute(point.Ts)}: {Format.Quantity(point.Value)} {unit} ({Format.Quantity(point.Delta, sign: true)})", $"/movements/{point.MovementId}"))];
        var room = points.Count == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(60, (points[^1].At - points[0].At).TotalSeconds * 0.04));
        (from, to) = points.Count == 0 ? (series.From, series.To) : (points[0].At - room, points[^1].At + room);
        may = await Rights.In(null, Gone, Update);
    }

    private async Task Ask()
    {
        var plain = string.Concat(delta.Where(c => !char.IsWhiteSpace(c))).Replace(',', '.').Replace('−', '-');
        if (!Quantity.TryParse(plain, CultureInfo.InvariantCulture, out var amount))
        {
            throw CityException.Invalid("delta", T["rwa.adjust_delta_hint"]);
        }

        await Inventories.Adjust(Caller, new AdjustInventory(RwaId.Parse(Id), amount, reason), Gone);
        (asking, delta, reason) = (false, "", "");
        await Do(Reload, T["rwa.asked"]);
    }

    private async Task Changed()
    {
        await ReloadLive();
        await (movements?.Refresh() ?? Task.CompletedTask);
    }
}
