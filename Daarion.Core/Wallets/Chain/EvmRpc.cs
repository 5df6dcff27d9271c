using System.Globalization;
using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using Polly;
using Polly.CircuitBreaker;

namespace Daarion.Core.Wallets.Chain;

/// <summary>The node answered that it does not do this.</summary>
internal sealed class EvmRefusal(int code, string message) : Exception(message)
{
    public int Code { get; } = code;

    /// <summary>The node has this very transaction, or one further on has made it pass.</summary>
    public bool IsKnown => Message.Contains("already known", StringComparison.OrdinalIgnoreCase) || Message.Contains("already imported", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("nonce too low", StringComparison.OrdinalIgnoreCase);

    /// <summary>The contract says no.</summary>
    public bool IsRevert => Code == 3 || Message.Contains("revert", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The node is away.</summary>
internal sealed class EvmAway(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What became of a transaction in a block.</summary>
internal sealed record EvmReceipt(bool IsSuccess, long BlockNumber, string BlockHash, string From, string? Reason);

/// <summary>Calls of a node (Ethereum JSON-RPC). While it is away nobody waits for it: a breaker answers.</summary>
internal sealed class EvmRpc : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly HttpClient http;
    private readonly ResiliencePipeline<JsonElement> pipeline;
    private readonly CircuitBreakerStateProvider breaker = new();
    private int id;

    public EvmRpc(Uri url, TimeProvider clock)
    {
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { BaseAddress = url, Timeout = Limit };
        pipeline = new ResiliencePipelineBuilder<JsonElement> { TimeProvider = clock }
            .AddCircuitBreaker(new()
            {
                ShouldHandle = new PredicateBuilder<JsonElement>().Handle<EvmAway>(),
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(5),
                StateProvider = breaker,
            })
            .Build();
    }

    /// <summary>True while calls are not even tried.</summary>
    public bool IsBroken => breaker.CircuitState != CircuitState.Closed;

    public async Task<long> ChainId(CancellationToken ct) => Number(await Call("eth_chainId", ct));

    public async Task<long> Head(CancellationToken ct) => Number(await Call("eth_blockNumber", ct));

    /// <summary>How many transactions of an address are in the chain up to a block.</summary>
    public async Task<long> Nonce(EvmAddress address, long? atBlock, CancellationToken ct) =>
        Number(await Call("eth_getTransactionCount", ct, address.Value, atBlock is { } block ? Hex(block) : "latest"));

    /// <summary>What a block asks for gas, in wei for a unit, and what makers of blocks are given beside.</summary>
    public async Task<(BigInteger BaseFee, BigInteger Priority)> Fees(CancellationToken ct)
    {
        var block = await Call("eth_getBlockByNumber", ct, "latest", false);
        var priority = await Call("eth_maxPriorityFeePerGas", ct);
        return (Big(block.GetProperty("baseFeePerGas").GetString()!), Big(priority.GetString()!));
    }

    public async Task<long> EstimateGas(EvmAddress from, EvmAddress to, byte[] data, CancellationToken ct) =>
        Number(await Call("eth_estimateGas", ct, Calling(from, to, Hex(data))));

    public async Task<JsonElement> Read(EvmAddress from, EvmAddress to, string data, CancellationToken ct) => await Call("eth_call", ct, Calling(from, to, data), "latest");

    /// <summary>Sends a signed transaction; sending it again changes nothing.</summary>
    public async Task Send(byte[] raw, CancellationToken ct)
    {
        try
        {
            await Call("eth_sendRawTransaction", ct, Hex(raw));
        }
        catch (EvmRefusal e) when (e.IsKnown)
        {
            // It was sent before.
        }
    }

    /// <summary>What became of a transaction; null while it is in no block.</summary>
    public async Task<EvmReceipt?> Receipt(string hash, CancellationToken ct)
    {
        var receipt = await Call("eth_getTransactionReceipt", ct, hash);
        return receipt.ValueKind == JsonValueKind.Object && receipt.TryGetProperty("blockNumber", out var number) && number.ValueKind == JsonValueKind.String
            ? new(
                Number(receipt.GetProperty("status")) == 1,
                Number(number),
                receipt.GetProperty("blockHash").GetString()!,
                receipt.GetProperty("from").GetString()!,
                receipt.TryGetProperty("revertReason", out var reason) ? reason.GetString() : null)
            : null;
    }

    /// <summary>The hash of the block at a height; null above the head.</summary>
    public async Task<string?> BlockHash(long number, CancellationToken ct)
    {
        var block = await Call("eth_getBlockByNumber", ct, Hex(number), false);
        return block.ValueKind == JsonValueKind.Object ? block.GetProperty("hash").GetString() : null;
    }

    public void Dispose() => http.Dispose();

    private static object Calling(EvmAddress from, EvmAddress to, string data) => new { from = from.Value, to = to.Value, data };

    private static string Hex(long number) => string.Create(CultureInfo.InvariantCulture, $"0x{number:x}");

    private static string Hex(byte[] bytes) => $"0x{Convert.ToHexStringLower(bytes)}";

    private static BigInteger Big(string hex) => BigInteger.Parse($"0{hex.AsSpan(2)}", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static long Number(JsonElement hex) => (long)Big(hex.GetString() ?? throw new EvmAway("The node answered nothing."));

    private async Task<JsonElement> Call(string method, CancellationToken ct, params object[] parameters)
    {
        try
        {
            return await pipeline.ExecuteAsync(token => Once(method, parameters, token), ct);
        }
        catch (BrokenCircuitException e)
        {
            throw new EvmAway("The node is away.", e);
        }
    }

    private async ValueTask<JsonElement> Once(string method, object[] parameters, CancellationToken ct)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync((Uri?)null, new { jsonrpc = "2.0", id = Interlocked.Increment(ref id), method, @params = parameters }, ct);
            if (!answer.IsSuccessStatusCode)
            {
                throw new EvmAway($"The node answered {(int)answer.StatusCode}.");
            }

            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
            if (body.TryGetProperty("error", out var error))
            {
                throw new EvmRefusal(error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString() ?? method);
            }

            return body.GetProperty("result");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // What the address says of itself (it may carry a key) stays here.
            throw new EvmAway($"The node did not answer {method}: {e.GetType().Name}.");
        }
    }
}
