using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>Makes a platform's site known and says whose it is.</summary>
public sealed partial class NewSite
{
    private IReadOnlyList<Platform> platforms = [];
    private IReadOnlyList<TeamView> teams = [];
    private RightSet may = RightSet.None;
    private string platform = "";
    private string site = "";
    private string? team;
    private string? resident;
    private IdentityKind kind;

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    protected override async Task Load()
    {
        may = await Rights.In(null, Gone, "city.embassy.manage");
        platforms = (await Once("platforms", () => Embassy.ListPlatforms(Caller, new PageRequest(PageRequest.MaxLimit), Gone))).Items;
        teams = [.. (await Once("teams", () => Teams.List(Caller, new ListTeams(new PageRequest(PageRequest.MaxLimit), Sort: TeamSort.Name), Gone))).Items.Where(t => t.Id != Core.Kernel.Id<TeamKind>.WellKnown())];
        platform = platforms is [var first, ..] ? first.Name : string.Empty;
        team = teams is [var only] ? only.Id.Value : null;
    }

    private async Task Create()
    {
        var made = await Embassy.CreateIdentity(
            Caller,
            new CreateIdentity(platform, site.Trim(), kind, string.IsNullOrEmpty(team) ? null : TeamId.Parse(team), await Residents.Find(Users, Caller, kind, resident, Gone)),
            Gone);
        Navigation.NavigateTo($"/sites/{made.Id}");
    }
}

/// <summary>Finds the person who lives somewhere, by address or id.</summary>
internal static class Residents
{
    /// <summary>The person; null where none is asked for.</summary>
    public static async Task<UserId?> Find(IUserService users, Caller caller, IdentityKind kind, string? text, CancellationToken ct)
    {
        if (kind != IdentityKind.Resident || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return UserId.TryParse(text.Trim(), out var user) ? user : (await users.FindByEmail(caller, new FindUserByEmail(text.Trim()), ct)).Id;
    }
}
