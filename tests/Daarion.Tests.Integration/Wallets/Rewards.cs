using System.Globalization;
using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.Core.Wallets;
using Daarion.Core.Wallets.Consumers;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>The small vocabulary of the ledger's tests: movements that bring something, brought to the wallet's own reaction.</summary>
internal static class Rewards
{
    private static readonly DateTimeOffset Day = new(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);

    public static Quantity Of(string text) => Quantity.Parse(text);

    /// <summary>A movement as the inventory publishes it.</summary>
    public static RwaInventoryUpdated Movement(TeamId team, string delta, DateTimeOffset? ts = null, UserId? beneficiary = null, MovementKind kind = MovementKind.Reading)
    {
        var at = ts ?? Day;
        return new(RwaId.New(at), team, "energy", "EU-KYIV-01", Of("0"), Of(delta), "kwh", at, RwaId.New(at), kind, OracleId.New(at), beneficiary);
    }

    /// <summary>Movements as events, each with an id of its own.</summary>
    public static IReadOnlyList<EventEnvelope> AsEvents(this IEnumerable<RwaInventoryUpdated> movements) =>
    [
        .. movements.Select(movement => new EventEnvelope(
            EventId.New(movement.Ts),
            movement.Ts,
            "rwa",
            "rwa.inventory.updated",
            1,
            new EventActor("service:rwa", SubjectKind.Service),
            JsonSerializer.SerializeToElement(movement, EventJson.Options),
            new EventMeta(movement.TeamId, null, null, null, movement.InventoryId.Value))),
    ];

    /// <summary>Brings a batch to the reaction, as the consumer host does.</summary>
    public static Task Bring(this CityFixture city, IReadOnlyList<EventEnvelope> batch) => city.Get<OperationRunner>().Run(
        ServiceName.Wallets,
        nameof(GeneratePayoutWhenInventoryMoved),
        CityFixture.Service(ServiceName.Wallets),
        OperationLimits.Consumer,
        async (services, ct) =>
        {
            await services.GetRequiredService<GeneratePayoutWhenInventoryMoved>().Consume("wallet-generate-payout-when-inventory-moved", batch, ct);
            return batch.Count;
        },
        default);

    public static Task Bring(this CityFixture city, params IEnumerable<RwaInventoryUpdated> movements) => city.Bring(movements.AsEvents());

    /// <summary>A team's payouts, oldest first.</summary>
    public static async Task<List<Payout>> PayoutsOf(this CityFixture city, TeamId team)
    {
        var all = new List<Payout>();
        for (var query = new PayoutQuery(TeamId: team, Limit: 200); ;)
        {
            var page = await city.Get<IPayoutService>().ListPayouts(await city.Operator(), query, default);
            all.AddRange(page.Items);
            if (page.NextCursor is null)
            {
                all.Reverse();
                return all;
            }

            query = query with { Cursor = page.NextCursor };
        }
    }

    /// <summary>A person with so much in their wallet.</summary>
    public static async Task<Person> PersonWith(this CityFixture city, string amount)
    {
        var (team, _) = await city.NewTeam();
        var person = await city.NewPerson();
        var left = decimal.Parse(amount, CultureInfo.InvariantCulture);
        var movements = new List<RwaInventoryUpdated>();
        for (var day = Day; left > 0; day = day.AddMinutes(1))
        {
            // Below the review limit, and not too many for one day's cap.
            var part = Math.Min(left, 1000m);
            movements.Add(Movement(team.Id, part.ToString(CultureInfo.InvariantCulture), day.AddDays(movements.Count / 10), person.Id));
            left -= part;
        }

        await city.Bring(movements);
        await city.Get<IPayoutService>().ClaimPayouts(person.Caller, new ClaimPayouts([.. (await city.PayoutsOf(team.Id)).Select(payout => payout.Id)]), default);
        return person;
    }

    /// <summary>What somebody has available of KWT.</summary>
    public static async Task<decimal> Available(this CityFixture city, OwnerId owner) =>
        (await city.Get<IWalletService>().GetBalance(await city.Operator(), new BalanceRef(owner), default)).Balances.Single(balance => balance.Symbol == Symbol.KWT).Available.Value;

    /// <summary>Holds every invariant of the ledger.</summary>
    public static async Task AssertLedgerHolds(this CityFixture city)
    {
        var audit = await city.Get<IWalletService>().Audit(await city.Operator(), new AuditRequest(), default);
        Assert.True(audit.Ok, string.Join('\n', audit.Checks.Where(check => !check.Ok)));
    }

    /// <summary>Somebody who may see everything.</summary>
    public static async Task<Caller> Operator(this CityFixture city) => (await Operators.Of(city)).Caller;

    private static class Operators
    {
        private static readonly SemaphoreSlim Gate = new(1);
        private static Person? known;

        public static async Task<Person> Of(CityFixture city)
        {
            await Gate.WaitAsync();
            try
            {
                return known ??= await city.NewOperator();
            }
            finally
            {
                Gate.Release();
            }
        }
    }
}
