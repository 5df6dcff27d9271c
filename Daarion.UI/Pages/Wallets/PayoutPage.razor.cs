using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>A payout and its whole story: webhook, reading, movement, payout, claim.</summary>
public sealed partial class PayoutPage
{
    private Payout? payout;
    private Transaction? transaction;
    private IReadOnlyList<StoryHop> hops = [];
    private RightSet may = RightSet.None;
    private string? platform;
    private string? took;
    private string? reviewing;
    private string? note;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    [Inject]
    private IRwaService Inventories { get; set; } = null!;

    [Inject]
    private IOracleService Oracles { get; set; } = null!;

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private NameBook Names { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override async Task Load()
    {
        payout = await Payouts.GetPayout(Caller, new PayoutRef(PayoutId.Parse(Id)), Gone);
        var owner = payout.BeneficiaryId.User is { } person ? new DecisionResource("payout", Id, payout.TeamId, Owner: person.Value) : null;
        var rights = Rights.Of(Gone, new RightQuestion("wallet.payout.claim", payout.TeamId, owner), new RightQuestion("city.payout.review"), new RightQuestion("audit.read"), new RightQuestion(TraceAct.Capability), new RightQuestion("embassy.intent.read", payout.TeamId), new RightQuestion("rwa.inventory.read", payout.TeamId));
        var movement = Seen(() => Inventories.GetMovement(Caller, new MovementRef(payout.RwaRef), Gone));
        var reading = Seen(() => Oracles.GetReading(Caller, new ReadingRef(payout.OracleId), Gone));
        var paid = payout.TransactionId is { } id ? Seen(() => Wallets.GetTransaction(Caller, new TransactionRef(id), Gone)) : Task.FromResult<Transaction?>(null);
        var delivery = await reading is { WebhookEventId: { } hook } ? await Seen(() => Embassy.GetDelivery(Caller, new DeliveryRef(hook), Gone)) : null;
        (may, transaction, platform) = (await rights, await paid, (await reading)?.Platform);
        hops = await Story(payout, delivery, await reading, await movement);
        took = delivery is null ? null : T["wallets.took", Format.Count((long)(payout.CreatedAt - delivery.Delivery.ReceivedAt).TotalMilliseconds)];
    }

    // A hop the person may not look into stays in the story, with its id alone: it leads nowhere but to a refusal.
    private static async Task<TThing?> Seen<TThing>(Func<Task<TThing>> ask)
        where TThing : class
    {
        try
        {
            return await ask();
        }
        catch (CityException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Forbidden or ErrorCode.Unavailable)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<StoryHop>> Story(Payout paid, DeliveryDetail? delivery, OracleReading? reading, Movement? movement)
    {
        var unit = T.Of("unit", paid.Unit);
        var hook = reading?.WebhookEventId?.Value;
        return
        [
            new(T["wallets.hop_webhook"], delivery is { Delivery: var line } ? $"{line.Platform} · {T.Word(line.SignatureState)}" : T["wallets.hop_not_seen"], "ok", hook, delivery is null ? null : $"/deliveries/{hook}", delivery?.Delivery.ReceivedAt),
            new(
                T["wallets.hop_reading"],
                reading is null ? T["wallets.hop_not_seen"] : $"{Format.Quantity(Quantity.Of(reading.NormalizedValue.Value - reading.Delta.Value))} → {Format.Quantity(reading.NormalizedValue)} {unit}",
                "ok",
                paid.OracleId.Value,
                reading is null ? null : $"/readings/{paid.OracleId}",
                reading?.ReceivedAt),
            new(T["wallets.hop_movement"], $"{Format.Quantity(paid.Delta, sign: true)} {unit}", "ok", paid.RwaRef.Value, movement is null ? null : $"/movements/{paid.RwaRef}", movement?.RecordedAt),
            new(T["wallets.hop_payout"], T["wallets.hop_payout_text", Format.Amount(paid.Amount, paid.Symbol), Format.Quantity(paid.Rate, 1)], "ok", paid.Id.Value, null, paid.CreatedAt),
            await Last(paid),
        ];
    }

    private async Task<StoryHop> Last(Payout paid) => paid.Status switch
    {
        PayoutStatus.Claimed => new(
            T["wallets.hop_claimed"],
            T["wallets.hop_claimed_text", await Name(paid.ClaimedBy?.Value), await Name(paid.BeneficiaryId.Value)],
            "ok",
            paid.TransactionId?.Value,
            $"/transactions/{paid.TransactionId}",
            paid.ClaimedAt),
        PayoutStatus.Claiming => new(T["wallets.hop_claimed"], T["chain.hop_claiming"], "wait"),
        PayoutStatus.Cancelled => new(T["wallets.hop_cancelled"], paid.ReviewNote ?? "—", "bad", null, null, paid.ReviewedAt),
        PayoutStatus.Review => new(T["wallets.hop_review"], T["wallets.hop_review_text"], "wait"),
        _ => new(T["wallets.hop_claimed"], T["wallets.hop_waits"], ""),
    };

    private async Task<string> Name(string? id) => id is null ? "—" : await Names.Find(id) ?? Format.ShortId(id);

    private async Task Claim()
    {
        if (await Do(() => Payouts.ClaimPayout(Caller, new PayoutRef(PayoutId.Parse(Id)), Gone), T["wallets.claimed_one", Format.Amount(payout!.Amount, payout.Symbol)]))
        {
            await Reload();
        }
    }

    private async Task Review()
    {
        var word = new ReviewPayout(PayoutId.Parse(Id), string.IsNullOrWhiteSpace(note) ? null : note.Trim());
        if (await Do(() => reviewing == "approve" ? Payouts.ApprovePayout(Caller, word, Gone) : Payouts.CancelPayout(Caller, word, Gone), T["common.saved"]))
        {
            reviewing = null;
            await Reload();
        }
    }
}
