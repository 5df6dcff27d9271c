using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Wallets.Chain;
using Daarion.Core.Wallets.Consumers;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Wallets;

/// <summary>The ledger and the payouts.</summary>
public sealed class WalletModule : ICityModule
{
    private static readonly string[] TeamAndOwn = ["role.Owner", "role.Guardian", "role.Member:own"];
    private static readonly string[] Operators = ["city.Owner", "city.Guardian", "city.Member"];
    private static readonly string[] Deciders = ["city.Owner", "city.Guardian"];

    /// <inheritdoc/>
    public string Service => ServiceName.Wallets;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new("wallet.balance.view", "See what a wallet has, and each movement of it.", CapabilityRisk.Low, [.. TeamAndOwn, .. Operators]),
        new("wallet.payout.view", "See payouts and the readings behind them.", CapabilityRisk.Low, [.. TeamAndOwn, .. Operators]),
        new("wallet.payout.claim", "Claim payouts into the wallet of their beneficiary.", CapabilityRisk.High, TeamAndOwn),
        new("wallet.transfer", "Move tokens to another owner.", CapabilityRisk.High, "role.Owner", "role.Member:own"),
        new("city.payout.review", "Approve or cancel payouts above the review limit.", CapabilityRisk.High, Deciders),
        new("city.wallet.approve", "Let transfers above their limit move, or end them.", CapabilityRisk.High, Deciders),
        new("city.wallet.mint", "Ask for new DAARION; another operator lets it come.", CapabilityRisk.High, Deciders),
        new("service.read.wallet", "Read who has how much of a token.", CapabilityRisk.High, "service.governance"),
        new("city.wallet.audit", "Check every invariant of the ledger.", CapabilityRisk.Low, ["service.wallet", .. Operators]),
        new("service.mint.payout", "Generate payouts by movements of the inventory, make tokens and end them.", CapabilityRisk.High, "service.wallet"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<PayoutGenerated>("payout.generated", ServiceName.Wallets),
        EventDeclaration.Of<PayoutClaimed>("payout.claimed", ServiceName.Wallets),
        EventDeclaration.Of<WalletBalanceUpdated>("wallet.balance.updated", ServiceName.Wallets),
        EventDeclaration.Of<WalletTransferSent>("wallet.tx.sent", ServiceName.Wallets),
        EventDeclaration.Of<PayoutFailed>("payout.failed", ServiceName.Wallets),
        EventDeclaration.Of<WalletTransactionConfirmed>("wallet.tx.confirmed", ServiceName.Wallets),
        EventDeclaration.Of<WalletTransactionFailed>("wallet.tx.failed", ServiceName.Wallets),
        EventDeclaration.Of<WalletTransactionProgressed>("wallet.tx.progressed", ServiceName.Wallets),
        EventDeclaration.Of<WalletConverted>("wallet.converted", ServiceName.Wallets),
        EventDeclaration.Of<StakingLocked>("staking.locked", ServiceName.Wallets),
        EventDeclaration.Of<StakingUnlocked>("staking.unlocked", ServiceName.Wallets),
        EventDeclaration.Of<WalletAuditFailed>("wallet.audit.failed", ServiceName.Wallets),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<GeneratePayoutWhenInventoryMoved>(ServiceName.Wallets, "rwa.inventory.updated"),
        ConsumerDeclaration.Of<BurnComputeWhenUsageCounted>(ServiceName.Wallets, "usage.compute_1t.increment"),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<WalletDbContext>(ServiceName.Wallets);
        services.AddContract<IPayoutService, PayoutService>(ServiceName.Wallets);
        services.AddContract<IWalletService, WalletService>(ServiceName.Wallets);
        services.AddContract<IChainService, ChainService>(ServiceName.Wallets);
        services.AddScoped<ChainSteps>();
        services.AddSingleton<ChainWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<ChainWorker>());
        services.AddSingleton<OwnersWallets>();
        services.AddSingleton<Postings>();
        services.AddScoped<LedgerAlarm>();
        services.AddSingleton<LedgerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWatch>());
        services.AddScoped<PayoutGeneration>();
        services.AddScoped<BurnComputeWhenUsageCounted>();
        services.AddScoped<GeneratePayoutWhenInventoryMoved>();
    }
}
