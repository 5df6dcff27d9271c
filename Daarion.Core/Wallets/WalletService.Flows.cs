using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>How tokens flow through the city.</summary>
internal sealed partial class WalletService
{
    private static readonly TimeSpan UsualFlowTime = TimeSpan.FromDays(30);
    private static readonly TimeSpan MostFlowTime = TimeSpan.FromDays(3700);

    public async Task<MoneyMap> GetMoneyMap(Caller caller, FlowQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, ResourceRef.City, ct);
        var to = request.To ?? db.Now;
        var from = request.From ?? to - UsualFlowTime;
        if (from >= to || to - from > MostFlowTime)
        {
            throw CityException.Invalid("from", "Give a time before to, at most ten years.");
        }

        // A transaction has two sides: the one that gives is below zero.
        var flows = await db.Database.SqlQuery<FlowRow>($"""
            select g.kind as giver, r.kind as receiver, t.kind as why, sum(e.amount) as amount, count(*) as transactions
            from wallet.wallet_transfers t
            join wallet.wallet_entries e on e.transfer_id = t.id and e.symbol = {request.Symbol.Code()} and e.amount > 0
            join wallet.wallet_entries o on o.transfer_id = t.id and o.symbol = e.symbol and o.amount < 0
            join (select id, case owner_kind when 'user' then 'people' when 'team' then 'teams' else split_part(owner_id, ':', 1) end as kind from wallet.wallets) as r on r.id = e.wallet_id
            join (select id, case owner_kind when 'user' then 'people' when 'team' then 'teams' else split_part(owner_id, ':', 1) end as kind from wallet.wallets) as g on g.id = o.wallet_id
            where t.at >= {from} and t.at < {to}
            group by 1, 2, 3 order by 4 desc
            """).ToListAsync(ct);
        return new(request.Symbol, from, to, [.. flows.Select(flow => new MoneyFlow(flow.Giver, flow.Receiver, Words.Parse<TransactionKind>(flow.Why), Quantity.Of(flow.Amount), flow.Transactions))]);
    }

    private sealed record FlowRow(string Giver, string Receiver, string Why, decimal Amount, long Transactions);
}
