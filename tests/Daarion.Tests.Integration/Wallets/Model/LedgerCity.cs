using Daarion.Core.Usage;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Wallets.Model;

/// <summary>A city whose people may do as much as they like.</summary>
public sealed class LedgerCity : FreshCity, IAsyncLifetime
{
    /// <summary>Somebody at the public door.</summary>
    public HttpClient Visitor { get; private set; } = null!;

    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await LiftQuotas("wallet_tx", "payout_claims", "stake_ops");
        Visitor = new HttpClient { BaseAddress = PublicUrl };
    }

    public new async Task DisposeAsync()
    {
        Visitor.Dispose();
        await base.DisposeAsync();
    }

    private protected override void Add(IServiceCollection services) => services.AddSingleton(new UsageRates { Actions = new Dictionary<string, int>(StringComparer.Ordinal) });
}
