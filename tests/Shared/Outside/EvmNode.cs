using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Daarion.Testing;

/// <summary>A real node of a chain of its own (anvil), with a token that its first account holds. The first account is the city's signer.</summary>
public sealed class EvmNode : IAsyncDisposable
{
    /// <summary>Keys of the accounts that every such node begins with; worth nothing anywhere.</summary>
    public const string SignerKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    public const string Signer = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    public const string Stranger = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

    // The first four bytes of Keccak-256 of "refuse(address,bool)".
    private const string RefuseSelector = "66b5bb50";
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly HttpClient http;

    private EvmNode(Process process, Uri url)
    {
        (this.process, Url) = (process, url);
        http = new HttpClient { BaseAddress = url };
    }

    public Uri Url { get; }

    /// <summary>Accounts of residents that nobody has used yet: whose keys the node holds.</summary>
    public Queue<string> Residents { get; } = new();

    /// <summary>The token's contract.</summary>
    public string Token { get; private set; } = "";

    public static async Task<EvmNode> Start(int decimals = 18)
    {
        var url = LoopbackPort.FreeAddress();
        var start = new ProcessStartInfo(
            Path.Combine(Interop.Folder, "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin", "anvil"),
            ["--host", "127.0.0.1", "--port", url.Port.ToString(CultureInfo.InvariantCulture), "--chain-id", "31337", "--accounts", "30", "--silent"])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var node = new EvmNode(Process.Start(start)!, url);
        _ = node.process.StandardOutput.ReadToEndAsync();
        _ = node.process.StandardError.ReadToEndAsync();
        await Until(
            async () =>
            {
                try
                {
                    return (await node.Call("eth_chainId")).GetString() == "0x7a69";
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the node answers");
        await node.MakeToken(decimals);
        foreach (var account in (await node.Call("eth_accounts")).EnumerateArray().Skip(2))
        {
            node.Residents.Enqueue(account.GetString()!);
        }

        return node;
    }

    /// <summary>Calls the node.</summary>
    public async Task<JsonElement> Call(string method, params object[] parameters)
    {
        using var answer = await http.PostAsJsonAsync((Uri?)null, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {body}");
    }

    /// <summary>Puts blocks on top.</summary>
    public Task Mine(int blocks) => Call("anvil_mine", $"0x{blocks:x}");

    /// <summary>Whether a transaction is put into a block at once.</summary>
    public Task MineAtOnce(bool value) => Call("evm_setAutomine", value);

    /// <summary>What an address holds of the token, in whole tokens.</summary>
    public async Task<decimal> Holds(string address, int decimals = 18)
    {
        var data = $"0x70a08231{Word(address)}";
        var units = Number(await Call("eth_call", new { to = Token, data }, "latest"));
        return (decimal)(units / BigInteger.Pow(10, decimals - 9)) / 1_000_000_000m;
    }

    /// <summary>How many transactions an address has sent.</summary>
    public async Task<long> Sent(string address) => (long)Number(await Call("eth_getTransactionCount", address, "latest"));

    /// <summary>What a person's wallet answers when it is asked to sign a message.</summary>
    public async Task<string> PersonalSign(string signer, string message) =>
        (await Call("personal_sign", $"0x{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(message))}", signer)).GetString()!;

    /// <summary>Makes the token refuse a receiver, paying more for its place than others do.</summary>
    public Task Refuse(string receiver, bool value) => Call(
        "eth_sendTransaction",
        new { from = Stranger, to = Token, data = $"0x{RefuseSelector}{Word(receiver)}{(value ? 1 : 0):x64}", maxFeePerGas = "0x2540be4000", maxPriorityFeePerGas = "0x2540be400", gas = "0x30000" });

    /// <summary>Ends it as a power failure would.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
        http.Dispose();
    }

    private static async Task Until(Func<Task<bool>> condition, string what)
    {
        var began = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(Pace);
        while (!await condition())
        {
            _ = Stopwatch.GetElapsedTime(began) < Patience ? await pace.WaitForNextTickAsync() : throw new TimeoutException($"It did not come about that {what}.");
        }
    }

    private static string Word(string address) => address[2..].ToLowerInvariant().PadLeft(64, '0');

    private static BigInteger Number(JsonElement hex) => BigInteger.Parse($"0{hex.GetString()![2..]}", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private async Task MakeToken(int decimals)
    {
        var code = (await Interop.Node("compile.cjs")).Trim();
        var supply = BigInteger.Pow(10, 9 + decimals);
        var data = $"0x{code}{decimals:x64}{supply.ToString("x64", CultureInfo.InvariantCulture)[^64..]}{Word(Signer)}";
        var hash = (await Call("eth_sendTransaction", new { from = Stranger, data, gas = "0x400000" })).GetString()!;
        await Until(async () => (await Call("eth_getTransactionReceipt", hash)).ValueKind == JsonValueKind.Object, "the token is made");
        Token = (await Call("eth_getTransactionReceipt", hash)).GetProperty("contractAddress").GetString()!;
    }
}
