using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;

namespace Daarion.Core.Auth;

/// <summary>
/// What is known of the city's operators when the first one is made. The membership is committed by the teams service on its own, so every
/// way to the first operator looks again at what is there already and takes up where it was stopped.
/// </summary>
internal static class FirstOperator
{
    private static readonly TeamId City = TeamId.WellKnown();
    private static readonly Caller Self = Caller.ForService(ServiceName.Auth);

    /// <summary>True when the city has an operator.</summary>
    public static async Task<bool> Exists(IMembershipService memberships, CancellationToken ct) =>
        (await memberships.List(Self, new ListMembers(City, new PageRequest(1)), ct)).Items.Count > 0;

    /// <summary>A person's office; null for who has none.</summary>
    public static async Task<TeamRole?> RoleOf(IMembershipService memberships, UserId user, CancellationToken ct)
    {
        try
        {
            return (await memberships.Get(Self, new GetMember(City, user), ct)).Role;
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }
}
