namespace Daarion.Core.Policy;

/// <summary>How much harm a wrong use of a capability can do (seed 4.12).</summary>
public enum CapabilityRisk
{
    /// <summary>Reading what one may see anyway.</summary>
    Low,

    /// <summary>Changing what can be changed back.</summary>
    Medium,

    /// <summary>Money, keys, votes, access.</summary>
    High,
}

/// <summary>
/// A capability that a service owns, and which bundles hold it in a new city. At the first start these declarations become rows of the
/// <c>capabilities</c> schema; from then on the rows decide, and a declaration only adds capabilities that an upgrade brings.
/// </summary>
/// <param name="Code"><c>&lt;domain&gt;.&lt;resource&gt;.&lt;action&gt;</c>, without scope.</param>
/// <param name="Description">What it lets one do, in a sentence for the console.</param>
/// <param name="Risk">How much harm a wrong use can do.</param>
/// <param name="HeldBy">
/// Bundles: <c>role.Owner|Guardian|Member|Visitor</c> for a team's people, <c>city.Owner|Guardian|Member</c> for operators (their role in
/// <c>t_city</c>, which reaches every team), <c>service.&lt;name&gt;</c> for the city's own services, <c>platform.default</c> for outside platforms.
/// A name may end in <c>:own</c>: then the bundle holds the capability for what is the person's own only. For members the least viewer type follows
/// from the code (reading: reader, messages: commenter, all else: contributor); <c>role.Member@reader</c> says otherwise.
/// <c>service.default</c> is what every service and every service key holds.
/// </param>
public sealed record CapabilityDeclaration(string Code, string Description, CapabilityRisk Risk, params IReadOnlyList<string> HeldBy);
