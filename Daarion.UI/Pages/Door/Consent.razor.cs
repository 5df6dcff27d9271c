using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Door;

/// <summary>What an outside app asks for, before it gets it.</summary>
public sealed partial class Consent
{
    private ConsentQuestion? question;

    [SupplyParameterFromQuery(Name = "client_id")]
    private string? ClientId { get; set; }

    [SupplyParameterFromQuery]
    private string? Scope { get; set; }

    [Inject]
    private IOidcClientService Clients { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    [Inject]
    private IDoorway Doorway { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        try
        {
            question = await Clients.Ask(Session.Caller, new AskConsent(ClientId ?? string.Empty, (Scope ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries)), CancellationToken.None);
        }
        catch (CityException e) when (e.Code is ErrorCode.NotFound or ErrorCode.InvalidPayload)
        {
            // An app that is not registered gets nothing to be asked.
            question = null;
        }
    }
}
