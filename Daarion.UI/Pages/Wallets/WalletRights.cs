using Daarion.Core.Policy;
using Daarion.Core.Wallets;
using Daarion.UI.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>What the PDP is asked before something of a wallet is offered: a person's is their own, a team's is the team's.</summary>
internal static class WalletRights
{
    public static RightQuestion Transfer(OwnerId owner) => Of("wallet.transfer", "wallet", owner, owner.Team);

    public static RightQuestion Convert(OwnerId owner) => Of("wallet.convert", "wallet", owner, owner.Team);

    public static RightQuestion Stake(OwnerId owner, TeamId team) => Of("wallet.stake.ringk", "stake", owner, team);

    public static RightQuestion Claim(OwnerId beneficiary, TeamId? team) => Of("wallet.payout.claim", "payout", beneficiary, team);

    private static RightQuestion Of(string action, string kind, OwnerId owner, TeamId? team) => new(action, team, owner.User is { } person ? new DecisionResource(kind, null, team, Owner: person.Value) : null);
}
