using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>Makes the payouts of movements, each by each rule of its domain, once, up to the day's cap; in the transaction there is.</summary>
internal sealed class PayoutGeneration(WalletDbContext db, IPolicySnapshots registry)
{
    private const string Sql =
        "select payout_id, amount, status from wallet.generate($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

    /// <summary>Answers the payouts that were made: a movement that was rewarded before makes none.</summary>
    public async Task<IReadOnlyList<PayoutId>> Make(IReadOnlyList<(RwaInventoryUpdated Movement, EventCause? Cause)> movements, CancellationToken ct)
    {
        var inForce = await registry.Current(ct);
        var rules = (await db.Rules.AsNoTracking().Where(rule => rule.Active).OrderBy(rule => rule.Code).ToListAsync(ct)).ConvertAll(rule => rule.InForce(inForce));
        var earned = movements
            .Where(one => one.Movement is { Kind: MovementKind.Reading, Delta.IsPositive: true, OracleId: not null })
            .SelectMany(one => rules.Where(rule => rule.AppliesTo(one.Movement)).Select(rule => (one.Movement, one.Cause, Rule: rule, Amount: one.Movement.Delta * rule.Rate.Value)))
            .Where(reward => reward.Amount.IsPositive)
            .ToArray();
        if (earned.Length == 0)
        {
            return [];
        }

        var ids = SqlArrays.NewIds<PayoutKind>(earned.Length, db.Now);
        var byId = new Dictionary<string, (RwaInventoryUpdated Movement, EventCause? Cause, PayoutRule Rule)>(earned.Length, StringComparer.Ordinal);
        for (var i = 0; i < earned.Length; i++)
        {
            byId.Add(ids[i].Value, (earned[i].Movement, earned[i].Cause, earned[i].Rule));
        }

        await using var command = await db.Command(Sql, ct);
        var parameters = command.Parameters;
        parameters.AddTexts(Array.ConvertAll(ids, id => id.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Rule.Code));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Rule.DailyCap.Value));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Rule.ReviewLimit.Value));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Rule.Rate.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Rule.Symbol.Code()));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Amount.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.TeamId.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => Words.Of(Beneficiary(reward.Movement).Kind)));
        parameters.AddTexts(Array.ConvertAll(earned, reward => Beneficiary(reward.Movement).Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.Domain));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.SiteId));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.Unit));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Movement.Delta.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.MovementId.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.InventoryId.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Movement.OracleId!.Value.Value));
        parameters.AddTimes(Array.ConvertAll(earned, reward => reward.Movement.Ts));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Cause?.TraceId));
        parameters.AddTime(db.Now);
        var made = new List<PayoutId>(earned.Length);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetString(0);
            var (movement, cause, rule) = byId[id];
            made.Add(PayoutId.Parse(id));
            Publish(made[^1], new Amount(Quantity.Of(reader.GetDecimal(1)), rule.Symbol), Words.Parse<PayoutStatus>(reader.GetString(2)), rule, movement, cause);
        }

        return made;
    }

    private static OwnerId Beneficiary(RwaInventoryUpdated movement) => movement.BeneficiaryUserId is { } user ? OwnerId.Of(user) : OwnerId.Of(movement.TeamId);

    private void Publish(PayoutId id, Amount amount, PayoutStatus status, PayoutRule rule, RwaInventoryUpdated movement, EventCause? cause)
    {
        var beneficiary = Beneficiary(movement);
        db.Publish(
            new PayoutGenerated(
                id,
                movement.TeamId,
                amount.Symbol,
                amount.Value,
                movement.MovementId,
                rule.Code,
                status,
                beneficiary.Kind,
                beneficiary,
                movement.Domain,
                movement.SiteId,
                movement.Ts),
            id.Value,
            movement.TeamId,
            cause);
    }
}
