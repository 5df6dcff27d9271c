using System.Diagnostics;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>Claims: who may, then status and ledger in one transaction.</summary>
internal sealed partial class PayoutService
{
    private const string Claim = "wallet.payout.claim";
    private const string ClaimOnChainSql = "select payout_id from wallet.claim_on_chain($1, $2, $3, $4, $5, $6, $7)";
    private const string ClaimSql =
        "select payout_id, transfer_id, wallet_id, owner_kind, owner_id, symbol, amount, balance_after from wallet.claim($1, $2, $3, $4)";

    public async Task<Payout> ClaimPayout(Caller caller, PayoutRef request, CancellationToken ct)
    {
        var payout = await Find(request.Id, ct);
        await access.Require(caller, Claim, payout?.AsResource() ?? Unknown(caller, request.Id), ct);
        var claimant = caller.RequireMover(payout?.BeneficiaryId ?? default);
        if (payout is null)
        {
            throw CityException.NotFound("payout");
        }

        for (var isLast = false; ; isLast = true)
        {
            var begun = await ClaimOnChain([payout], claimant, ct);
            var claimed = begun.Count > 0 ? [] : await Pay([payout], claimant, ct);
            var now = await Find(payout.Id, ct) ?? throw CityException.NotFound("payout");
            if (begun.Contains(payout.Id) || claimed.ContainsKey(payout.Id))
            {
                return now;
            }

            // An operator let it pass between the two looks: it can be claimed now.
            if (isLast || now.Status != PayoutStatus.Generated)
            {
                throw NotClaimable(now);
            }
        }
    }

    public async Task<ClaimResults> ClaimPayouts(Caller caller, ClaimPayouts request, CancellationToken ct)
    {
        var asked = request.PayoutIds;
        var payouts = asked.Count is > 0 and <= Wallets.ClaimPayouts.MaxPayouts
            ? await db.Payouts.AsNoTracking().Where(payout => asked.Contains(payout.Id)).ToDictionaryAsync(payout => payout.Id, ct)
            : [];
        var verdicts = await Ask(caller, payouts.Values, ct);
        if (verdicts.Count == 0)
        {
            await access.Require(caller, Claim, Unknown(caller, default) with { TakesNothing = true }, ct);
        }

        var claimant = caller.RequireMover(default);
        EnsureEachOnce(asked);
        var allowed = await WithinQuota(
            caller, payouts.Values.Where(payout => verdicts[KeyOf(payout)].Allow && caller.MayMoveOwn(payout.BeneficiaryId)).ToList(), verdicts, ct);
        var begun = await ClaimOnChain(allowed, claimant, ct);
        var inLedger = allowed.Where(payout => !begun.Contains(payout.Id)).ToList();
        var claimed = inLedger.Count > 0 ? await Pay(inLedger, claimant, ct) : [];
        if (claimed.Count == 0 && begun.Count == 0)
        {
            // Somebody else was first with all of them: that uses up nothing.
            await db.Operation.GiveBack();
        }

        return new ClaimResults([.. asked.Select(id => Result(caller, id, payouts.GetValueOrDefault(id), verdicts, claimed, begun))]);
    }

    // One transaction of the database; in it, for each payout that can be claimed, one of the ledger.
    private Task<Dictionary<PayoutId, TransferId>> Pay(List<Payout> payouts, UserId claimant, CancellationToken ct) => db.Transact(
        async token =>
        {
            await OpenWallets(payouts, token);
            var transfers = SqlArrays.NewIds<TransferKind>(payouts.Count, db.Now);
            await using var command = await db.Command(ClaimSql, token);
            command.Parameters.AddTexts([.. payouts.OrderBy(payout => payout.Id.Value, StringComparer.Ordinal).Select(payout => payout.Id.Value)]);
            command.Parameters.AddTexts(Array.ConvertAll(transfers, id => id.Value));
            command.Parameters.AddText(claimant.Value);
            command.Parameters.AddTime(db.Now);
            var byId = payouts.ToDictionary(payout => payout.Id);
            var claimed = new Dictionary<PayoutId, TransferId>(payouts.Count);
            await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(token));
            while (await reader.ReadAsync(token))
            {
                var payout = byId[PayoutId.Parse(reader.GetString(0))];
                var moved = Ledger.Read(reader, 1);
                claimed.Add(payout.Id, moved.TransferId);
                db.Publish(
                    new PayoutClaimed(payout.Id, payout.TeamId, claimant, payout.Symbol, payout.Amount, moved.TransferId, payout.BeneficiaryId),
                    payout.Id.Value,
                    payout.TeamId);
                db.Publish(moved.AsEvent(), moved.WalletId.Value, moved.OwnerId.Team);
                db.Audit("payout.claimed", "payout", payout.Id.Value, payout.TeamId, ("amount", payout.Amount.ToString()), ("symbol", payout.Symbol.Code()), ("transfer", moved.TransferId.Value));
            }

            return claimed;
        },
        ct);

    // With a link to a chain, what its beneficiary has an address for goes there; a payout that is in no state to be claimed is left to the ledger's own refusal.
    private async Task<HashSet<PayoutId>> ClaimOnChain(List<Payout> payouts, UserId claimant, CancellationToken ct)
    {
        var onChain = payouts.Where(payout => link.Settings?.Tokens.ContainsKey(payout.Symbol) == true).ToList();
        if (onChain.Count == 0)
        {
            return [];
        }

        var owners = onChain.Select(payout => payout.BeneficiaryId).Distinct().ToList();
        var addresses = await db.Addresses.AsNoTracking().Where(address => owners.Contains(address.OwnerId) && address.Payouts).ToDictionaryAsync(address => address.OwnerId, address => address.Address, ct);
        onChain.RemoveAll(payout => !addresses.ContainsKey(payout.BeneficiaryId));
        if (onChain.Count == 0)
        {
            return [];
        }

        var begun = await db.Transact(
            async token =>
            {
                await OpenWallets(onChain, token);
                await using var command = await db.Command(ClaimOnChainSql, token);
                command.Parameters.AddTexts([.. onChain.Select(payout => payout.Id.Value)]);
                command.Parameters.AddTexts(Array.ConvertAll(SqlArrays.NewIds<ChainTransactionIdKind>(onChain.Count, db.Now), id => id.Value));
                command.Parameters.AddTexts([.. onChain.Select(payout => addresses[payout.BeneficiaryId].Value)]);
                command.Parameters.AddTexts([.. onChain.Select(payout => link.Settings!.Tokens[payout.Symbol].Value)]);
                command.Parameters.AddText(claimant.Value);
                command.Parameters.AddText(Activity.Current?.TraceId.ToHexString());
                command.Parameters.AddTime(db.Now);
                var found = new HashSet<PayoutId>();
                await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(token));
                while (await reader.ReadAsync(token))
                {
                    found.Add(PayoutId.Parse(reader.GetString(0)));
                }

                foreach (var payout in onChain.Where(payout => found.Contains(payout.Id)))
                {
                    db.Audit("payout.claiming", "payout", payout.Id.Value, payout.TeamId, ("amount", payout.Amount.ToString()), ("symbol", payout.Symbol.Code()), ("address", addresses[payout.BeneficiaryId].Value));
                }

                return found;
            },
            ct);
        worker.Wake();
        return begun;
    }

    private async Task OpenWallets(List<Payout> payouts, CancellationToken ct)
    {
        var owners = payouts.Select(payout => payout.BeneficiaryId).Distinct().ToList();
        var open = await db.Wallets.AsNoTracking().Where(wallet => owners.Contains(wallet.OwnerId)).Select(wallet => wallet.OwnerId).ToListAsync(ct);
        if (owners.Except(open).ToList() is { Count: > 0 } missing)
        {
            await db.Open(missing, ct);
        }
    }

    // The answer is the same for all payouts of one beneficiary, so the PDP is asked once for each.
    private async Task<Dictionary<(TeamId, OwnerId), Decision>> Ask(Caller caller, IEnumerable<Payout> payouts, CancellationToken ct)
    {
        var verdicts = new Dictionary<(TeamId, OwnerId), Decision>();
        foreach (var payout in payouts.DistinctBy(KeyOf))
        {
            verdicts.Add(KeyOf(payout), await access.Ask(caller, Claim, payout.AsResource() with { TakesNothing = true }, ct));
        }

        return verdicts;
    }

    // A claim counts once for each who is paid by it, however many payouts it names. Whoever is not paid for want of quota takes nobody else with them.
    private async Task<List<Payout>> WithinQuota(Caller caller, List<Payout> payouts, Dictionary<(TeamId, OwnerId), Decision> verdicts, CancellationToken ct)
    {
        var within = new List<Payout>(payouts.Count);
        var byPayer = payouts.GroupBy(payout => payout.BeneficiaryId.User is null ? OwnerId.Of(payout.TeamId) : payout.BeneficiaryId).ToList();
        foreach (var payer in byPayer)
        {
            try
            {
                await access.Require(caller, Claim, payer.First().AsResource(), ct);
                within.AddRange(payer);
            }
            catch (CityException e) when (e is { Code: ErrorCode.Forbidden, Reason: Reasons.QuotaExceeded } && byPayer.Count > 1)
            {
                foreach (var payout in payer)
                {
                    verdicts[KeyOf(payout)] = verdicts[KeyOf(payout)] with { Allow = false, Reason = Reasons.QuotaExceeded };
                }
            }
        }

        return within;
    }

    private static ClaimResult Result(
        Caller caller, PayoutId id, Payout? payout, Dictionary<(TeamId, OwnerId), Decision> verdicts, Dictionary<PayoutId, TransferId> claimed, HashSet<PayoutId> begun)
    {
        ErrorCode? code = payout switch
        {
            null => ErrorCode.NotFound,
            _ when claimed.ContainsKey(id) || begun.Contains(id) => null,
            _ => verdicts[KeyOf(payout)] switch
            {
                { Allow: true } => caller.MayMoveOwn(payout.BeneficiaryId) ? ErrorCode.Conflict : ErrorCode.Forbidden,
                { Reason: Reasons.NoRole } => ErrorCode.NotFound,
                { Reason: Reasons.PolicyUnavailable } => ErrorCode.Unavailable,
                _ => ErrorCode.Forbidden,
            },
        };
        return new ClaimResult(id, code is not null ? ClaimStatus.Refused : begun.Contains(id) ? ClaimStatus.Claiming : ClaimStatus.Claimed, code, claimed.TryGetValue(id, out var transfer) ? transfer : null);
    }

    private static (TeamId Team, OwnerId Beneficiary) KeyOf(Payout payout) => (payout.TeamId, payout.BeneficiaryId);

    private static ResourceRef Unknown(Caller caller, PayoutId id) => caller.User is { } user ? ResourceRef.Own("payout", id.Value, user) : ResourceRef.City;

    private static void EnsureEachOnce(IReadOnlyList<PayoutId> asked)
    {
        if (asked.Count is 0 or > Wallets.ClaimPayouts.MaxPayouts)
        {
            throw CityException.Invalid("payout_ids", $"Give 1 to {Wallets.ClaimPayouts.MaxPayouts} payouts.");
        }

        if (asked.Distinct().Count() != asked.Count)
        {
            throw CityException.Invalid("payout_ids", "Give each payout once.");
        }
    }

    private static CityException NotClaimable(Payout payout) => payout.Status switch
    {
        PayoutStatus.Claiming => CityException.Conflict("This payout is on its way to the chain.", "claiming"),
        PayoutStatus.Review => CityException.Conflict("This payout is above the review limit and waits for an operator.", "in_review"),
        PayoutStatus.Cancelled => CityException.Conflict("An operator cancelled this payout.", "cancelled"),
        _ => CityException.Conflict("This payout is claimed already.", "already_claimed"),
    };
}
