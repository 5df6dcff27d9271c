using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Layout;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Teams;

/// <summary>Makes a team.</summary>
public sealed partial class NewTeam
{
    private RightSet may = RightSet.None;
    private string name = "";
    private string? slug;
    private string? owner;
    private TeamMode mode = TeamMode.Public;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    [Inject]
    private Reach Reach { get; set; } = null!;

    protected override async Task Load() => may = await Rights.In(null, Gone, "team.create");

    private async Task Create()
    {
        UserId? ownerId = null;
        if (!string.IsNullOrWhiteSpace(owner))
        {
            try
            {
                ownerId = (await Users.FindByEmail(Caller, new FindUserByEmail(owner.Trim()), Gone)).Id;
            }
            catch (CityException e) when (e.Code == ErrorCode.NotFound)
            {
                throw CityException.Invalid("owner", T["teams.owner_unknown"]);
            }
        }

        var team = await Teams.Create(Caller, new CreateTeam(name.Trim(), mode, ownerId, string.IsNullOrWhiteSpace(slug) ? null : slug.Trim()), Gone);
        await Reach.Load(Gone);
        Navigation.NavigateTo($"/teams/{team.Id}");
    }
}
