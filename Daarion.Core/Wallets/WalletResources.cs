using Daarion.Core.Kernel;
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

    /// <summary>
    /// What is a person's own is moved by that person alone: a role in the city's own team, which reaches what belongs to no team, lets one
    /// see it but never claim or send it. And whoever moves something is a person: a service says which.
    /// </summary>
    /// <exception cref="CityException"><c>forbidden</c>, or <c>invalid_payload</c> where no person is named.</exception>
    public static UserId RequireMover(this Caller caller, OwnerId owner)
    {
        if (caller.User is not { } person)
        {
            throw CityException.Invalid("Daarion-Subject", "Say in this header for which person you act: u_….");
        }

        return caller.MayMoveOwn(owner) ? person : throw new CityException(ErrorCode.Forbidden, "Only they themselves move what is a person's own.") { Reason = Reasons.RbacDenied };
    }

    /// <inheritdoc cref="RequireMover"/>
    public static bool MayMoveOwn(this Caller caller, OwnerId owner) => owner.User is not { } person || person == caller.User;
}
