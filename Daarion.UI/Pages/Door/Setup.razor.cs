using Daarion.Core.Auth;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Door;

/// <summary>The first start: makes the first operator and names the city, by the link on the terminal.</summary>
public sealed partial class Setup
{
    private SetupView? view;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    [SupplyParameterFromQuery]
    private string? Error { get; set; }

    [Inject]
    private ISignInService SignIn { get; set; } = null!;

    [Inject]
    private IDoorway Doorway { get; set; } = null!;

    protected override async Task OnInitializedAsync() => view = await SignIn.InspectSetup(Doorway.Visitor, new InspectSetup(Token), CancellationToken.None);
}
