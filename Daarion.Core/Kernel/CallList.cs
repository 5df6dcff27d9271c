namespace Daarion.Core.Kernel;

/// <summary>
/// Which service may call which directly, contract to contract (architecture: who may call whom). Everything else travels as an event.
/// The architecture tests hold the code to this list.
/// </summary>
public static class CallList
{
    /// <summary>Services that everyone may call, beside the policy, which is no service but the engine each of them asks.</summary>
    public static readonly IReadOnlyList<string> ForEveryone = [ServiceName.Capabilities, ServiceName.Teams, ServiceName.Usage];

    /// <summary>The further direct calls: from, to.</summary>
    public static readonly IReadOnlyList<(string From, string To)> Direct =
    [
        (ServiceName.Embassies, ServiceName.Rwa),
        (ServiceName.Rwa, ServiceName.Wallets),
        (ServiceName.Telemetry, ServiceName.Outbox),
        (ServiceName.Governance, ServiceName.Wallets),
    ];

    /// <summary>True when one service may call another.</summary>
    public static bool Allows(string from, string to) =>
        string.Equals(from, to, StringComparison.Ordinal) || ForEveryone.Contains(to, StringComparer.Ordinal) || Direct.Contains((from, to));
}
