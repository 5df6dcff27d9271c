using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Who gets how much, as people write it: an id or an address, a number with a comma and spaces.</summary>
internal static class Receiver
{
    /// <summary>The owner behind an id or an address.</summary>
    public static async Task<OwnerId> Find(string to, Caller caller, IUserService users, Texts t, CancellationToken ct)
    {
        var text = to.Trim();
        if (!text.Contains('@', StringComparison.Ordinal))
        {
            return OwnerId.TryParse(text, null, out var owner) ? owner : throw CityException.Invalid("to", t["wallets.to_hint"]);
        }

        try
        {
            return OwnerId.Of((await users.FindByEmail(caller, new FindUserByEmail(text), ct)).Id);
        }
        catch (CityException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Forbidden)
        {
            throw CityException.Invalid("to", t["wallets.to_unknown"]);
        }
    }

    /// <summary>The amount; above zero.</summary>
    public static Quantity Amount(string text, Texts t)
    {
        var plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace(',', '.');
        return Quantity.TryParse(plain, out var quantity) && quantity.Value > 0 ? quantity : throw CityException.Invalid("amount", t["wallets.amount_hint"]);
    }
}
