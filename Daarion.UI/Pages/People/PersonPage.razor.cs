using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.People;

/// <summary>A person, as operators see them.</summary>
public sealed partial class PersonPage
{
    private UserView? person;
    private RightSet may = RightSet.None;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IUserService Users { get; set; } = null!;

    [Inject]
    private ITeamService TeamService { get; set; } = null!;

    protected override async Task Load()
    {
        person = await Once("person", () => Users.Get(Caller, new GetUser(UserId.Parse(Id)), Gone));
        may = await Rights.In(null, Gone, "audit.read");
    }

    private Task<Page<MyTeamView>> Teams(TableQuery query, CancellationToken ct) => TeamService.Mine(Caller, new ListMyTeams(query.Page, UserId.Parse(Id)), ct);
}
