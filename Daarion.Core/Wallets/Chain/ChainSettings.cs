using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets.Chain;

/// <summary>The link to an EVM chain; the host knows it from its settings. Without it the city has its ledger alone.</summary>
/// <param name="Rpc">The node's JSON-RPC.</param>
/// <param name="SignerKey">The key that signs, as 64 hexadecimal digits.</param>
/// <param name="Tokens">The contract of each token that is on the chain.</param>
/// <param name="Confirmations">How many blocks must lie on a transaction until it is taken for final.</param>
public sealed record ChainSettings(Uri Rpc, string SignerKey, IReadOnlyDictionary<Symbol, EvmAddress> Tokens, int Confirmations)
{
    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => $"{Rpc.Host}, {Tokens.Count} tokens";

    /// <summary>What is wrong with a key; null where it is good.</summary>
    public static string? RefusesKey(string key) => EvmKey.Read(key) is null ? "is not a private key of 64 hexadecimal digits" : null;
}

/// <summary>Whether there is a link, and which.</summary>
/// <param name="Settings">Null without.</param>
public sealed record ChainLink(ChainSettings? Settings);
