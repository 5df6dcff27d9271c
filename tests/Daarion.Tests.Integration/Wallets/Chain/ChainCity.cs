using System.Net;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets.Chain;
using Daarion.Core.Wallets.Consumers;
using Daarion.Core.Wallets;
using Daarion.Server.Settings;
using Daarion.Testing;
using Daarion.Tests.Integration.Policy;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Wallets.Chain;

/// <summary>A city that is linked to a chain by a line that can be cut.</summary>
public sealed class ChainCity : FreshCity, IAsyncLifetime
{
    public const int Confirmations = 3;

    public EvmNode Node { get; private set; } = null!;

    internal CuttableLine Line { get; private set; } = null!;

    public new async Task InitializeAsync()
    {
        Node = await EvmNode.Start();
        Line = CuttableLine.To(new DnsEndPoint("127.0.0.1", Node.Url.Port));
        await base.InitializeAsync();
        await LiftQuotas("wallet_tx", "payout_claims");
    }

    /// <summary>A person with payouts of their own, one for each amount.</summary>
    public async Task<(Person Person, IReadOnlyList<Payout> Payouts)> Earner(params string[] amounts)
    {
        var person = await NewPerson();
        var team = (await Get<ITeamService>().Create(person.Caller, new CreateTeam($"Двір {Guid.NewGuid():N}"[..20]), default)).Id;
        var movements = amounts.Select(amount => Rewards.Movement(team, amount, beneficiary: person.Id)).AsEvents();
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
        return (person, (await Get<IPayoutService>().ListPayouts(person.Caller, new PayoutQuery(Beneficiary: OwnerId.Of(person.Id), Limit: 200), default)).Items);
    }

    /// <summary>Puts an address into a person's book and shows that it is theirs.</summary>
    public async Task<OwnersAddress> Prove(Person person, EvmAddress address, bool payouts = true)
    {
        var chain = Get<IChainService>();
        var added = await chain.AddAddress(person.Caller, new AddAddress(OwnerId.Of(person.Id), address), default);
        var proven = await chain.ProveAddress(person.Caller, new ProveAddress(added.Id, await Node.PersonalSign(address.Value, added.Challenge!)), default);
        return payouts ? await chain.PayToAddress(person.Caller, new PayToAddress(proven.Id), default) : proven;
    }

    public async Task<decimal> Available(Person person) =>
        (await Get<IWalletService>().GetBalance(person.Caller, new BalanceRef(OwnerId.Of(person.Id)), default)).Balances.Single(one => one.Symbol == Symbol.KWT).Available.Value;

    public async Task<bool> IsWhole() => (await Get<IWalletService>().Audit(await NewOperator(), new AuditRequest(), default)).Ok;

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Line.DisposeAsync();
        await Node.DisposeAsync();
    }

    private protected override CitySettings Adjusted(CitySettings settings) => settings with
    {
        Chain = new ChainSettings(new Uri($"http://127.0.0.1:{Line.Port}/"), EvmNode.SignerKey, new Dictionary<Symbol, EvmAddress> { [Symbol.KWT] = EvmAddress.Parse(Node.Token) }, Confirmations),
    };
}
