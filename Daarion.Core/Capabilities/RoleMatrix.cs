using Daarion.Core.Policy;
using static Daarion.Core.Capabilities.Hold;
using static Daarion.Core.Policy.CapabilityRisk;

namespace Daarion.Core.Capabilities;

/// <summary>How a role holds a capability.</summary>
public enum Hold
{
    /// <summary>Not at all.</summary>
    No,

    /// <summary>For what is the person's own.</summary>
    Own,

    /// <summary>For everything in the team.</summary>
    All,
}

/// <summary>A row of the roles matrix.</summary>
/// <param name="Action">The capability.</param>
/// <param name="Owner">What the Owner may.</param>
/// <param name="Guardian">What a Guardian may.</param>
/// <param name="Member">What a Member may, as far as the viewer type goes.</param>
/// <param name="Visitor">What a Visitor may.</param>
/// <param name="Risk">How much harm a wrong use can do.</param>
/// <param name="Description">What it lets one do.</param>
public sealed record MatrixRow(string Action, Hold Owner, Hold Guardian, Hold Member, Hold Visitor, CapabilityRisk Risk, string Description);

/// <summary>
/// The roles matrix of a new city, row by row as the specification of access has it, whole: also for the services that a city does not run yet,
/// so that a role means the same from the first day on. It becomes rows of the registry at the first start; from then on those decide.
/// </summary>
public static class RoleMatrix
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<MatrixRow> Rows { get; } =
    [
        //  action                     Owner  Guard. Member Visitor
        new("team.read",                 All,   All,   All,   All, Low,    "See a team and its members"),
        new("team.update",               All,   All,    No,    No, Medium, "Change a team's name and settings"),
        new("team.mode.change",          All,   All,    No,    No, High,   "Make a team public or confidential"),
        new("team.state.change",         All,   All,    No,    No, High,   "Lock and unlock a team"),
        new("team.plan.change",          All,    No,    No,    No, High,   "Change a team's plan"),
        new("team.delete",               All,    No,    No,    No, High,   "Archive a team"),
        new("team.owner.transfer",       All,    No,    No,    No, High,   "Hand a team over to another Owner"),
        new("team.member.add",           All,   All,    No,    No, Medium, "Add people to a team"),
        new("team.member.remove",        All,   All,    No,    No, Medium, "Remove people from a team"),
        new("team.member.change_role",   All,   All,    No,    No, High,   "Promote and demote people in a team"),

        new("chat.channel.create",       All,   All,   All,    No, Medium, "Open a public channel"),
        new("chat.channel.manage",       All,   All,    No,    No, Medium, "Open private channels and set who is on a channel's list"),
        new("chat.message.read",         All,   All,   All,   All, Low,    "Read messages"),
        new("chat.message.send",         All,   All,   All,    No, Low,    "Write messages"),
        new("chat.message.moderate",     All,   All,    No,    No, Medium, "Hide and delete others' messages"),
        new("comemory.item.read",        All,   All,   All,    No, Low,    "Read the shared memory"),
        new("followup.create",           All,   All,   All,    No, Low,    "Set a follow-up"),

        new("project.read",              All,   All,   All,   All, Low,    "See projects and tasks"),
        new("project.create",            All,   All,   All,    No, Medium, "Begin a project"),
        new("project.delete",            All,   All,    No,    No, High,   "Delete a project"),
        new("task.create",               All,   All,   All,    No, Low,    "Create a task"),
        new("task.update",               All,   All,   All,    No, Low,    "Change a task"),

        new("agent.create",              All,   All,    No,    No, High,   "Create an agent"),
        new("agent.update",              All,   All,    No,    No, High,   "Change an agent"),
        new("agent.channel.grant",       All,   All,    No,    No, High,   "Let an agent into a channel"),
        new("agent.run.invoke",          All,   All,   All,    No, Medium, "Run an agent"),
        new("router.invoke",             All,   All,   All,    No, Medium, "Run a flow of agents"),
        new("llm.chat.invoke",           All,   All,   All,    No, Medium, "Ask a language model"),
        new("llm.embeddings.invoke",     All,   All,   All,    No, Low,    "Compute embeddings"),

        new("wallet.balance.view",       All,   All,   Own,    No, Low,    "See a balance and its statement"),
        new("wallet.payout.view",        All,   All,   Own,    No, Low,    "See payouts"),
        new("wallet.payout.claim",       All,   All,   Own,    No, High,   "Claim a payout"),
        new("wallet.transfer",           All,    No,   Own,    No, High,   "Send tokens"),
        new("wallet.convert",            All,    No,   Own,    No, High,   "Convert tokens"),
        new("wallet.stake.ringk",        All,   All,   All,    No, High,   "Stake RINGK"),

        new("embassy.intent.read",       All,   All,    No,    No, Low,    "Read what platforms delivered for a team"),
        new("rwa.inventory.read",        All,   All,    No,    No, Low,    "Read inventories and their movements"),
        new("oracle.read",               All,   All,    No,    No, Low,    "Read oracle readings"),

        new("governance.read",           All,   All,   All,   All, Low,    "Read proposals and policies"),
        new("governance.proposal.create", All,  All,    No,    No, High,   "Make a proposal"),
        new("governance.vote.cast",      All,   All,   All,    No, High,   "Vote"),

        new("access_key.read",           All,   All,   Own,    No, Low,    "See access keys"),
        new("access_key.create",         All,   All,   Own,    No, High,   "Create an access key"),
        new("access_key.rotate",         All,   All,   Own,    No, High,   "Give an access key a new secret"),
        new("access_key.revoke",         All,   All,   Own,    No, High,   "Revoke an access key"),
        new("usage.read",                All,   All,    No,    No, Low,    "See a team's usage and quotas"),

        new("file.read",                 All,   All,   All,   All, Low,    "Read files, as the channel or project they belong to allows"),
        new("file.upload",               All,   All,   All,    No, Low,    "Upload files"),
    ];

    /// <summary>The rows as declarations.</summary>
    public static IReadOnlyList<CapabilityDeclaration> Declarations { get; } = [.. Rows.Select(AsDeclaration)];

    private static CapabilityDeclaration AsDeclaration(MatrixRow row) => new(
        row.Action,
        row.Description,
        row.Risk,
        [.. new[] { (TeamRole.Owner, row.Owner), (TeamRole.Guardian, row.Guardian), (TeamRole.Member, row.Member), (TeamRole.Visitor, row.Visitor) }
            .Where(cell => cell.Item2 != No)
            .Select(cell => BundleNames.Role(cell.Item1) + (cell.Item2 == Own ? ":own" : string.Empty))]);
}
