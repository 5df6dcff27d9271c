using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Usage;
using Daarion.Core.Wallets;
using Daarion.Core.Wallets.Consumers;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Daarion.Tests.Integration.Usage;

/// <summary>A city with the quotas and rates of a new one, and a clock that tests turn.</summary>
public sealed class StrictCity : FreshCity
{
    private long names;

    public async Task<(TeamId Team, Person Owner)> NewTeam()
    {
        var owner = await NewPerson();
        return ((await Get<ITeamService>().Create(owner.Caller, new CreateTeam($"Двір {Interlocked.Increment(ref names)}"), default)).Id, owner);
    }

    /// <summary>Payouts of a team, or of a person in it.</summary>
    public async Task<List<PayoutId>> Earn(TeamId team, Person owner, int count, UserId? beneficiary = null)
    {
        var movements = Enumerable.Range(0, count).Select(_ => Rewards.Movement(team, "1", beneficiary: beneficiary)).AsEvents();
        await Get<OperationRunner>().Run(
            ServiceName.Wallets,
            nameof(GeneratePayoutWhenInventoryMoved),
            Caller.ForService(ServiceName.Wallets),
            OperationLimits.Consumer,
            async (services, ct) =>
            {
                await services.GetRequiredService<GeneratePayoutWhenInventoryMoved>().Consume("wallet-generate-payout-when-inventory-moved", movements, ct);
                return true;
            },
            default);
        var query = beneficiary is { } person ? new PayoutQuery(Beneficiary: OwnerId.Of(person), Limit: 200) : new PayoutQuery(TeamId: team, Limit: 200);
        return [.. (await Get<IPayoutService>().ListPayouts(owner.Caller, query, default)).Items.Select(payout => payout.Id)];
    }

    /// <summary>Turns the clock to half past an hour that has not come yet, so that no window ends while a test looks at it.</summary>
    public void BeginAnHour()
    {
        var now = Clock.GetUtcNow();
        var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(now.Hour == 23 ? 2 : 1);
        Clock.Turn(hour.AddMinutes(1) - now);
    }

    /// <summary>Looks for the unusual, as the service does every few minutes.</summary>
    public Task FindAnomalies() => AsUsage((services, ct) => services.GetRequiredService<Anomalies>().Find(ct));

    /// <summary>Adds up the days that are over, as the service does every few minutes; answers how many.</summary>
    public Task<int> RollUp() => AsUsage((services, ct) => services.GetRequiredService<DailyRollups>().Run(ct));

    private Task<int> AsUsage(Func<IServiceProvider, CancellationToken, Task<int>> work)
    {
        var caller = Caller.ForService(ServiceName.Usage);
        return Get<OperationRunner>().Run(
            ServiceName.Usage,
            nameof(AsUsage),
            caller,
            OperationLimits.Consumer,
            async (services, ct) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, UsageModule.Write, ResourceRef.City, ct);
                return await work(services, ct);
            },
            default);
    }

    public async Task<object?> Scalar(string sql, params object[] values)
    {
        await using var command = Get<CityDatabase>().Of("tests").CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync();
    }
}
