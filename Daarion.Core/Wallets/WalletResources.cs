using Daarion.Core.Policy;

namespace Daarion.Core.Wallets;

/// <summary>What the PDP is asked about: wallets and payouts as resources.</summary>
internal static class WalletResources
{
    /// <summary>A person's wallet is their own, a team's belongs to the team, the rest to the city.</summary>
    public static ResourceRef AsResource(this OwnerId owner) => owner switch
    {
        { User: { } user } => ResourceRef.Own("wallet", owner.Value, user),
        { Team: { } team } => new ResourceRef("wallet", owner.Value, team),
        _ => ResourceRef.City,
    };

    /// <summary>What is paid to a person is their own, whether or not they belong to the site's team; the rest is the team's.</summary>
    public static ResourceRef AsResource(this Payout payout) => payout.BeneficiaryId.User is { } user
        ? ResourceRef.Own("payout", payout.Id.Value, user)
        : new ResourceRef("payout", payout.Id.Value, payout.TeamId);
}
