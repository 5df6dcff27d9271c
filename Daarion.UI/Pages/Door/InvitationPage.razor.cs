using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Door;

/// <summary>An invitation by its link: what it is to, and whether to accept it.</summary>
public sealed partial class InvitationPage
{
    private InvitationView? invitation;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    [SupplyParameterFromQuery]
    private string? Error { get; set; }

    [Inject]
    private IMembershipService Memberships { get; set; } = null!;

    [Inject]
    private IDoorway Doorway { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        try
        {
            invitation = await Memberships.InspectInvitation(Doorway.Visitor, new InspectInvitation(Token ?? string.Empty), CancellationToken.None);
        }
        catch (CityException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Unauthenticated or ErrorCode.InvalidPayload)
        {
            // A link that is no longer good says so in words.
            invitation = null;
        }
    }
}
