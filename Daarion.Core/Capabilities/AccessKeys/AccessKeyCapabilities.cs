using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>The capabilities of access keys beside the rows of the roles matrix, and what an agent's key holds where nothing else is said.</summary>
internal static class AccessKeyCapabilities
{
    private const string AgentDefault = "agent.default";

    private static readonly string[] AgentsHold =
    [
        "team.read", "chat.message.read", "chat.message.send", "comemory.item.read", "followup.create", "project.read", "task.create", "task.update", "file.read", "llm.chat.invoke", "llm.embeddings.invoke",
    ];

    public static IReadOnlyList<CapabilityDeclaration> All { get; } =
    [
        new("access_key.use", "Call the city with an access key's secret, and write down that it was used", CapabilityRisk.Low, "service.capabilities"),
        // Whoever answers for the city can always see and end a key.
        new("access_key.read", Words("access_key.read").Description, CapabilityRisk.Low, "city.Owner", "city.Guardian", "city.Member"),
        new("access_key.revoke", Words("access_key.revoke").Description, CapabilityRisk.High, "city.Owner", "city.Guardian", "service.capabilities"),
        .. AgentsHold.Select(code => new CapabilityDeclaration(code, Words(code).Description, Words(code).Risk, AgentDefault)),
    ];

    private static MatrixRow Words(string code) => RoleMatrix.Rows.Single(row => row.Action == code);
}
