namespace Daarion.Core.Policy;

/// <summary>The capabilities of the PDP itself. Whoever has a valid service key may ask it; a person about themselves.</summary>
internal static class PolicyCapabilities
{
    public const string Decide = "policy.decide";
    public const string Explain = "policy.explain";
    public const string ReadDecisions = "policy.decision.read";

    private static readonly string[] Everyone = ["role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own"];
    private static readonly string[] Operators = ["city.Owner", "city.Guardian", "city.Member"];

    public static IReadOnlyList<CapabilityDeclaration> All { get; } =
    [
        new(Decide, "Ask whether a subject may do something", CapabilityRisk.Low, [BundleNames.ServiceDefault, .. Operators, .. Everyone]),
        new(Explain, "Ask why a subject may or may not do something", CapabilityRisk.Low, [BundleNames.ServiceDefault, .. Operators, .. Everyone]),
        new(Actions.ActAs, "Act for a person, within what that person may do", CapabilityRisk.High),
        new(ReadDecisions, "Read the log of decisions", CapabilityRisk.Medium, [.. Operators, .. Everyone]),
    ];
}
