using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;

namespace Daarion.UI.Pages.Access;

/// <summary>What questions about access choose from.</summary>
internal static class AccessChoices
{
    private static readonly PageRequest Most = new(PageRequest.MaxLimit);

    /// <summary>Capabilities and teams, as far as the person at the screen sees them.</summary>
    public static async Task<(IReadOnlyList<string> Codes, IReadOnlyList<TeamView> Teams)> Of(Caller caller, IConsoleSession session, ICapabilityService registry, ITeamService teams, CancellationToken ct)
    {
        var codes = registry.ListCapabilities(caller, new CapabilityFilter(Page: Most), ct);
        IReadOnlyList<TeamView> seen = session.Person is { IsOperator: true }
            ? (await teams.List(caller, new ListTeams(Most), ct)).Items
            : [.. (await teams.Mine(caller, new ListMyTeams(Most), ct)).Items.Select(my => my.Team)];
        return ([.. (await codes).Items.Select(capability => capability.Code)], seen);
    }

    /// <summary>People to ask about: everybody for operators, oneself for others.</summary>
    public static async Task<IReadOnlyList<(string Id, string Name)>> People(Caller caller, IConsoleSession session, IUserService users, CancellationToken ct) => session.Person is { IsOperator: true }
        ? [.. (await users.List(caller, new ListUsers(Most), ct)).Items.Select(user => (user.Id.Value, user.DisplayName))]
        : session.Person is { } me ? [(me.Id.Value, me.DisplayName)] : [];

    /// <summary>The team of an address; null for the city.</summary>
    public static TeamId? TeamOf(string? text) => TeamId.TryParse(text?.Trim(), out var team) ? team : null;
}
