using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage.Consumers;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Usage;

/// <summary>Usage, quotas, rates.</summary>
public sealed class UsageModule : ICityModule
{
    /// <summary>To see what is used.</summary>
    internal const string Read = "usage.read";

    /// <summary>To count.</summary>
    internal const string Write = "service.write.usage";

    /// <summary>To count everything again.</summary>
    internal const string Reconcile = "city.usage.reconcile";

    private static readonly string[] Operators = ["city.Owner", "city.Guardian", "city.Member"];

    /// <inheritdoc/>
    public string Service => ServiceName.Usage;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new(Read, "See a team's usage and quotas.", CapabilityRisk.Low, ["role.Owner", "role.Guardian", .. Operators]),
        new(Write, "Reserve and count what is used.", CapabilityRisk.High, "service.usage"),
        new(Reconcile, "Count everything that was used again, and compare.", CapabilityRisk.Low, ["service.usage", .. Operators]),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        .. Metrics.All.Select(metric => EventDeclaration.Of<UsageIncrement>(IncrementOf(metric), ServiceName.Usage)),
        EventDeclaration.Of<UsageQuotaWarning>("usage.quota.warning", ServiceName.Usage),
        EventDeclaration.Of<UsageQuotaExceeded>("usage.quota.exceeded", ServiceName.Usage),
        EventDeclaration.Of<UsageAnomalyDetected>("usage.anomaly.detected", ServiceName.Usage),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<CountRecordsWhenInventoryMoved>(ServiceName.Usage, "rwa.inventory.updated"),
        ConsumerDeclaration.Of<FollowStakesWhenStakingLocked>(ServiceName.Usage, "staking.locked"),
        ConsumerDeclaration.Of<FollowStakesWhenStakingUnlocked>(ServiceName.Usage, "staking.unlocked"),
        ConsumerDeclaration.Of<NoticeBadSignaturesWhenDeliveryRejected>(ServiceName.Usage, "embassy.event.rejected"),
    ];

    /// <summary>The event of a metric.</summary>
    internal static string IncrementOf(string metric) => $"usage.{metric}.increment";

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<UsageDbContext>(Service);
        services.AddScoped<Func<UsageDbContext>>(provider => provider.GetRequiredService<UsageDbContext>);
        services.AddContract<IUsageService, UsageService>(Service);
        services.AddSingleton(new UsageRates());
        services.AddSingleton<UsageNews>();
        services.AddSingleton<QuotaTable>();
        services.AddSingleton<KeyBudgets>();
        services.AddSingleton<Counters>();
        services.AddSingleton<UnitStocks>();
        services.AddSingleton<Func<UnitStocks>>(provider => provider.GetRequiredService<UnitStocks>);
        services.AddSingleton<RateGate>();
        services.AddSingleton<IKeyRates>(provider => provider.GetRequiredService<RateGate>());
        services.AddSingleton<IQuotaSource, QuotaSource>();
        services.AddScoped<UsageNewsTeller>();
        services.AddScoped<Anomalies>();
        services.AddScoped<DailyRollups>();
        services.AddScoped<CountRecordsWhenInventoryMoved>();
        services.AddScoped<FollowStakesWhenStakingLocked>();
        services.AddScoped<FollowStakesWhenStakingUnlocked>();
        services.AddScoped<NoticeBadSignaturesWhenDeliveryRejected>();
        services.AddHostedService<UsageKeeper>();
    }
}
