using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Rwa;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>A reading, and where it went from here.</summary>
public sealed partial class ReadingPage
{
    private OracleReading? reading;
    private IReadOnlyList<StoryHop> hops = [];
    private RightSet may = RightSet.None;
    private const string Manage = "oracle.manage";
    private static readonly TimeSpan Around = TimeSpan.FromDays(1);
    private string? movement;
    private string? asking;
    private IReadOnlyList<(string Platform, IReadOnlyList<ChartPoint> Points)> sources = [];
    private IReadOnlyList<ChartPoint> doubted = [];
    private DateTimeOffset from;
    private DateTimeOffset to;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IOracleService Oracles { get; set; } = null!;

    [Inject]
    private IRwaService Inventories { get; set; } = null!;

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    protected override async Task Load()
    {
        reading = await Once("reading", () => Oracles.GetReading(Caller, new ReadingRef(OracleId.Parse(Id)), Gone));
        var moved = reading.State == ReadingState.Published
            && await Inventories.ListMovements(Caller, new MovementQuery(TeamId: reading.TeamId, OracleId: reading.Id, Limit: 1), Gone) is { Items: [var first, ..] }
            ? first
            : null;
        var payout = moved is not null
            && await Payouts.ListPayouts(Caller, new PayoutQuery(TeamId: reading.TeamId, RwaRef: moved.Id, Limit: 1), Gone) is { Items: [var paid, ..] }
            ? paid
            : null;
        movement = moved?.Id.Value;
        hops = [.. Story(reading, moved, payout)];
        may = await Rights.In(null, Gone, TraceAct.Capability, Manage);
        await Compare(reading);
    }

    // What each oracle of the site said around that time, side by side.
    private async Task Compare(OracleReading r)
    {
        (from, to) = (r.Ts - Around, r.Ts + Around);
        (sources, doubted) = ([], []);
        if (r.State != ReadingState.Held && r.Kind != ReadingKind.Witness)
        {
            return;
        }

        try
        {
            var told = await Oracles.GetSeries(Caller, new SeriesQuery(r.SiteId, null, from, to, Domain: r.Domain), Gone);
            var each = new List<(string Platform, IReadOnlyList<ChartPoint> Points)>();
            foreach (var platform in told.Platforms.Append(r.Platform).Distinct(StringComparer.Ordinal).Take(2))
            {
                var series = platform == told.Platform ? told : await Oracles.GetSeries(Caller, new SeriesQuery(r.SiteId, platform, from, to, Domain: r.Domain), Gone);
                each.Add((platform, [.. series.Points.Select(point => Point(point.Ts, point.Value, platform, point.ReadingId))]));
            }

            (sources, doubted) = (each, r.State == ReadingState.Held ? [Point(r.Ts, r.NormalizedValue, r.Platform, r.Id)] : []);
        }
        catch (CityException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Forbidden)
        {
            sources = [];
        }
    }

    private ChartPoint Point(DateTimeOffset at, Quantity value, string platform, OracleId id) =>
        new(at, (double)value.Value, $"{platform}: {Format.Quantity(value)} {T.Of("unit", reading!.Unit)}", $"/readings/{id}");

    private async Task Decide()
    {
        var request = new ReadingRef(reading!.Id);
        if (await Do(() => asking == "approve" ? Oracles.ApproveReading(Caller, request, Gone) : Oracles.RejectReading(Caller, request, Gone), T["common.saved"]))
        {
            asking = null;
            await Reload();
        }
    }

    private IEnumerable<StoryHop> Story(OracleReading r, Movement? moved, Payout? payout)
    {
        var unit = T.Of("unit", r.Unit);
        if (r.WebhookEventId is { } hook)
        {
            yield return new(T["wallets.hop_webhook"], r.Platform, "ok", hook.Value, $"/deliveries/{hook}");
        }

        yield return r.State != ReadingState.Published
            ? new(T["wallets.hop_reading"], r.Rule is { } rule ? T.Of("rule", rule) : T.Word(r.State), r.State == ReadingState.Held ? "wait" : "bad", r.Id.Value, null, r.ReceivedAt)
            : new(T["wallets.hop_reading"], $"{Format.Quantity(Quantity.Of(r.NormalizedValue.Value - r.Delta.Value))} → {Format.Quantity(r.NormalizedValue)} {unit}", "ok", r.Id.Value, null, r.ReceivedAt);
        yield return moved is null
            ? new(T["wallets.hop_movement"], T[r.Delta.Value == 0 ? "embassy.hop_base" : "embassy.hop_none"], "")
            : new(T["wallets.hop_movement"], $"{Format.Quantity(moved.Delta, sign: true)} {unit}", "ok", moved.Id.Value, $"/movements/{moved.Id}", moved.RecordedAt);
        yield return payout is null
            ? new(T["wallets.hop_payout"], T["embassy.hop_unpaid"], "")
            : new(T["wallets.hop_payout"], Format.Amount(payout.Amount, payout.Symbol), States.KindOf(payout.Status) is "wait" ? "wait" : "ok", payout.Id.Value, $"/payouts/{payout.Id}", payout.CreatedAt);
    }
}
