using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Wallets.Chain;

/// <summary>
/// Brings transactions to the chain and looks after them until they are final. Its bytes are kept before they are sent: whatever ends in between, the very
/// same transaction is sent again and never a second one. While the node is away everything waits where it is.
/// </summary>
internal sealed class ChainWorker : BackgroundService
{
    private const decimal GasMargin = 1.25m;
    private const int FeeMargin = 4;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(15);
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<EvmAddress, int> decimals = [];
    private readonly OperationRunner runner;
    private readonly TimeProvider clock;
    private readonly ILogger<ChainWorker> log;
    private readonly ChainSettings? settings;
    private readonly EvmKey? key;
    private readonly EvmRpc? rpc;
    private long? chain;

    public ChainWorker(OperationRunner runner, ChainLink link, TimeProvider clock, ILogger<ChainWorker> log)
    {
        (this.runner, this.clock, this.log) = (runner, clock, log);
        if (link.Settings is { } linked)
        {
            (settings, key, rpc) = (linked, EvmKey.Read(linked.SignerKey)!, new EvmRpc(linked.Rpc, clock));
        }
    }

    /// <summary>Who signs.</summary>
    public EvmAddress? Signer => key?.Address;

    /// <summary>Why what waits waits.</summary>
    public string? Problem { get; private set; }

    /// <summary>There is something to do.</summary>
    public void Wake() => wake.Writer.TryWrite(true);

    public override void Dispose()
    {
        rpc?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (rpc is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await GoOn(stoppingToken);
                Problem = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (Problem != e.Message)
                {
                    log.LogWarning(e, "The chain waits: {Problem}", e.Message);
                }

                Problem = e.Message;
            }

            try
            {
                await Rest(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task GoOn(CancellationToken ct)
    {
        IReadOnlyList<OpenTransaction> open = [];
        await Run(nameof(ChainSteps.Open), async (steps, token) => open = await steps.Open(token), ct);
        if (open.Count == 0)
        {
            return;
        }

        chain ??= await rpc!.ChainId(ct);
        var head = await rpc!.Head(ct);
        Exception? first = null;
        foreach (var tx in open)
        {
            try
            {
                await (tx.State switch
                {
                    ChainTransactionState.Queued => Sign(tx, ct),
                    ChainTransactionState.Signed => Send(tx, ct),
                    _ => Follow(tx, head, ct),
                });
            }
            catch (Exception e) when (e is not (EvmAway or OperationCanceledException))
            {
                // One that cannot go on keeps none of the others.
                first ??= e;
            }
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private async Task Sign(OpenTransaction tx, CancellationToken ct)
    {
        if (!decimals.TryGetValue(tx.Token, out var places))
        {
            var answer = await rpc!.Read(key!.Address, tx.Token, Erc20.Decimals, ct);
            decimals[tx.Token] = places = int.Parse(answer.GetString()!.AsSpan(2), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Erc20.Units(tx.Amount, places) is not { } units)
        {
            await Run(nameof(ChainSteps.Fail), (steps, token) => steps.Fail(tx.Id, "not_whole", token), ct);
            return;
        }

        var data = Erc20.Transfer(tx.To, units);
        long gas;
        try
        {
            gas = (long)(await rpc!.EstimateGas(key!.Address, tx.Token, data, ct) * GasMargin);
        }
        catch (EvmRefusal e) when (e.IsRevert)
        {
            await Run(nameof(ChainSteps.Fail), (steps, token) => steps.Fail(tx.Id, "refused", token), ct);
            return;
        }

        var (baseFee, priority) = await rpc.Fees(ct);
        var known = await rpc.Nonce(key.Address, null, ct);
        var isSigned = false;
        await Run(
            nameof(ChainSteps.Sign),
            async (steps, token) => isSigned = await steps.Sign(
                tx.Id, chain!.Value, key.Address, known, nonce => new EvmTransaction(chain.Value, nonce, priority, (baseFee * FeeMargin) + priority, gas, tx.Token, data).Sign(key), token),
            ct);
        if (isSigned)
        {
            Wake();
        }
    }

    private async Task Send(OpenTransaction tx, CancellationToken ct)
    {
        await rpc!.Send(tx.Raw!, ct);
        await Run(nameof(ChainSteps.Sent), (steps, token) => steps.Sent(tx.Id, token), ct);
    }

    private async Task Follow(OpenTransaction tx, long head, CancellationToken ct)
    {
        if (await rpc!.Receipt(tx.Hash!, ct) is { } receipt)
        {
            // A receipt whose block is no longer in the chain says nothing.
            var isThere = await rpc.BlockHash(receipt.BlockNumber, ct) == receipt.BlockHash;
            var confirmations = isThere ? (int)Math.Max(0, head - receipt.BlockNumber + 1) : 0;
            await Run(
                nameof(ChainSteps.Seen),
                (steps, token) => steps.Seen(tx.Id, isThere ? receipt.BlockNumber : null, isThere ? receipt.BlockHash : null, confirmations, token),
                ct);
            if (confirmations >= settings!.Confirmations)
            {
                await Run(
                    receipt.IsSuccess ? nameof(ChainSteps.Settle) : nameof(ChainSteps.Fail),
                    (steps, token) => receipt.IsSuccess ? steps.Settle(tx.Id, confirmations, token) : steps.Fail(tx.Id, "reverted", token),
                    ct);
            }

            return;
        }

        await Run(nameof(ChainSteps.Seen), (steps, token) => steps.Seen(tx.Id, null, null, 0, token), ct);
        if (tx.SentAt + SendAgainAfter > clock.GetUtcNow())
        {
            return;
        }

        // Its place is taken, and so deep in the chain that it stays taken: somebody else has used the signer's key for another transaction.
        var final = head - settings!.Confirmations;
        if (final > 0 && await rpc.Nonce(key!.Address, final, ct) > tx.Nonce && await rpc.Receipt(tx.Hash!, ct) is null)
        {
            await Run(nameof(ChainSteps.Fail), (steps, token) => steps.Fail(tx.Id, "replaced", token), ct);
            return;
        }

        await Send(tx, ct);
    }

    private Task<bool> Run(string name, Func<ChainSteps, CancellationToken, Task> step, CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Wallets);
        return runner.Run(
            ServiceName.Wallets,
            $"Chain{name}",
            caller,
            OperationLimits.Consumer,
            async (services, token) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, "service.mint.payout", ResourceRef.City, token);
                await step(services.GetRequiredService<ChainSteps>(), token);
                return true;
            },
            ct);
    }

    private async Task Rest(CancellationToken ct)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(ct);
        pause.CancelAfter(Pace);
        try
        {
            await wake.Reader.ReadAsync(pause.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nobody woke it.
        }
    }
}
