using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Settings;

/// <summary>Who runs the city, and who may sign up.</summary>
public sealed partial class OperatorsPage
{
    private CityTable<OperatorView>? table;
    private RightSet may = RightSet.None;
    private SignInSettings? settings;
    private OperatorView? removing;
    private bool adding;
    private bool opening;
    private string email = "";
    private string role = "guardian";

    [Inject]
    private IOperatorService Operators { get; set; } = null!;

    protected override async Task Load()
    {
        if (Session.Person is { IsOperator: false })
        {
            Navigation.NavigateTo("/me", replace: true);
            return;
        }

        may = await Rights.In(null, Gone, "auth.operator.manage", "auth.settings.manage");
        settings = await Once("settings", () => Operators.Settings(Caller, new GetSignInSettings(), Gone));
    }

    private async Task Add()
    {
        await Operators.Make(Caller, new MakeOperator(email.Trim(), Words.Parse<TeamRole>(role)), Gone);
        (adding, email) = (false, "");
        await (table?.Refresh() ?? Task.CompletedTask);
    }

    private async Task Remove()
    {
        if (await Do(() => Operators.Remove(Caller, new RemoveOperator(removing!.UserId), Gone), T["teams.removed", removing!.DisplayName]))
        {
            removing = null;
            await (table?.Refresh() ?? Task.CompletedTask);
        }
    }

    private async Task Open()
    {
        await Do(async () => settings = await Operators.UpdateSettings(Caller, new UpdateSignInSettings(!settings!.OpenSignup), Gone), T["common.saved"]);
        opening = false;
    }
}
