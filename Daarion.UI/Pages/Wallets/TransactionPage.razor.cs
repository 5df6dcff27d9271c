using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>A transaction with its entries; for a transfer above its limit, where it stands and who may let it move.</summary>
public sealed partial class TransactionPage
{
    private Transaction? transaction;
    private Transfer? held;
    private RightSet may = RightSet.None;
    private string? asking;
    private string reason = "";

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    protected override async Task Load()
    {
        var id = TransferId.Parse(Id);
        (transaction, held) = (await Find(() => Wallets.GetTransaction(Caller, new TransactionRef(id), Gone)), await Find(() => Wallets.GetTransfer(Caller, new TransferRef(id), Gone)));
        if (transaction is null && held is null)
        {
            throw CityException.NotFound("transaction");
        }

        may = held is { Status: TransferStatus.Pending } waiting ? await Rights.Of(Gone, WalletRights.Transfer(waiting.From), new RightQuestion("city.wallet.approve"))
            : Session.Person is { IsOperator: true } ? await Rights.Of(Gone, new RightQuestion("city.wallet.approve"))
            : RightSet.None;
    }

    // A transfer that waits has no transaction yet, and a claim was never a transfer.
    private static async Task<TThing?> Find<TThing>(Func<Task<TThing>> ask)
        where TThing : class
    {
        try
        {
            return await ask();
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    private async Task Reverse()
    {
        if (await Do(async () =>
            {
                var asked = await Wallets.ReverseTransaction(Caller, new ReverseTransaction(TransferId.Parse(Id), reason), Gone);
                Navigation.NavigateTo($"/transactions/{asked.Id}");
            }))
        {
            (asking, reason) = (null, string.Empty);
        }
    }

    private async Task Decide()
    {
        var which = new TransferRef(TransferId.Parse(Id));
        var done = asking == "approve"
            ? await Do(() => Wallets.ApproveTransfer(Caller, which, Gone), T["wallets.approved"])
            : await Do(() => Wallets.CancelTransfer(Caller, which, Gone), T["wallets.cancelled"]);
        if (done)
        {
            asking = null;
            await Reload();
        }
    }
}
