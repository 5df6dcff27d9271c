using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets.Consumers;

/// <summary>Each movement that brings something new earns its payout by each rule of its domain, once, up to the day's cap.</summary>
internal sealed class GeneratePayoutWhenInventoryMoved(WalletDbContext db, IAccess access, IPolicySnapshots registry) : InboxConsumer<WalletDbContext, RwaInventoryUpdated>(db)
{
    private const string Generate =
        "select payout_id, amount, status from wallet.generate($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

    protected override async Task React(IReadOnlyList<ReceivedEvent<RwaInventoryUpdated>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, "service.mint.payout", ResourceRef.City, ct);
        var inForce = await registry.Current(ct);
        var rules = (await Db.Rules.AsNoTracking().Where(rule => rule.Active).OrderBy(rule => rule.Code).ToListAsync(ct)).ConvertAll(rule => rule.InForce(inForce));
        var earned = events
            .Where(e => e.Payload is { Kind: MovementKind.Reading, Delta.IsPositive: true })
            .SelectMany(e => rules.Where(rule => rule.AppliesTo(e.Payload)).Select(rule => (Event: e, Rule: rule, Amount: e.Payload.Delta * rule.Rate.Value)))
            .Where(reward => reward.Amount.IsPositive)
            .ToArray();
        if (earned.Length == 0)
        {
            return;
        }

        var ids = SqlArrays.NewIds<PayoutKind>(earned.Length, Db.Now);
        var byId = new Dictionary<string, (ReceivedEvent<RwaInventoryUpdated> Event, PayoutRule Rule)>(earned.Length, StringComparer.Ordinal);
        for (var i = 0; i < earned.Length; i++)
        {
            byId.Add(ids[i].Value, (earned[i].Event, earned[i].Rule));
        }

        await using var command = await Db.Command(Generate, ct);
        var parameters = command.Parameters;
        parameters.AddTexts(Array.ConvertAll(ids, id => id.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Rule.Code));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Rule.DailyCap.Value));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Rule.ReviewLimit.Value));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Rule.Rate.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Rule.Symbol.Code()));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Amount.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.TeamId.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => Words.Of(Beneficiary(reward.Event.Payload).Kind)));
        parameters.AddTexts(Array.ConvertAll(earned, reward => Beneficiary(reward.Event.Payload).Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.Domain));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.SiteId));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.Unit));
        parameters.AddNumbers(Array.ConvertAll(earned, reward => reward.Event.Payload.Delta.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.MovementId.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.InventoryId.Value));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Payload.OracleId!.Value.Value));
        parameters.AddTimes(Array.ConvertAll(earned, reward => reward.Event.Payload.Ts));
        parameters.AddTexts(Array.ConvertAll(earned, reward => reward.Event.Meta.TraceId));
        parameters.AddTime(Db.Now);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetString(0);
            var (cause, rule) = byId[id];
            Publish(PayoutId.Parse(id), new Amount(Quantity.Of(reader.GetDecimal(1)), rule.Symbol), Words.Parse<PayoutStatus>(reader.GetString(2)), rule, cause);
        }
    }

    private static OwnerId Beneficiary(RwaInventoryUpdated movement) => movement.BeneficiaryUserId is { } user ? OwnerId.Of(user) : OwnerId.Of(movement.TeamId);

    private void Publish(PayoutId id, Amount amount, PayoutStatus status, PayoutRule rule, ReceivedEvent<RwaInventoryUpdated> cause)
    {
        var movement = cause.Payload;
        var beneficiary = Beneficiary(movement);
        Db.Publish(
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
            cause.AsCause());
    }
}
