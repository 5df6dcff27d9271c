using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary>People (seed 4.1).</summary>
public interface IUserService
{
    /// <summary>One person. Capability <c>user.read</c>; <c>not_found</c> where the caller may not see people.</summary>
    Task<UserView> Get(Caller caller, GetUser request, CancellationToken ct);

    /// <summary>The person with an address. Capability <c>user.read</c>; <c>not_found</c> where there is none.</summary>
    Task<UserView> FindByEmail(Caller caller, FindUserByEmail request, CancellationToken ct);

    /// <summary>People of the city, newest first. Capability <c>user.read</c> in the city.</summary>
    Task<Page<UserView>> List(Caller caller, ListUsers request, CancellationToken ct);

    /// <summary>The calling person. Capability <c>user.read</c> on one's own.</summary>
    Task<MeView> Me(Caller caller, GetMe request, CancellationToken ct);

    /// <summary>Changes the calling person's name or language. Capability <c>user.update</c> on one's own.</summary>
    Task<UserView> UpdateMe(Caller caller, UpdateMe request, CancellationToken ct);

    /// <summary>The person with an address, made where there is none. Capability <c>user.create</c>, held by the sign-in service.</summary>
    Task<UserView> Ensure(Caller caller, EnsureUser request, CancellationToken ct);

    /// <summary>Who may sign in with an address: the person, and whether an invitation waits for it. Capability <c>user.read</c>, asked by the sign-in service.</summary>
    Task<AddressView> LookUpAddress(Caller caller, LookUpAddress request, CancellationToken ct);
}

/// <summary>Which person.</summary>
public sealed record GetUser(UserId Id);

/// <summary>Which address; case does not matter.</summary>
public sealed record FindUserByEmail(string Email);

/// <summary>Which people.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="Search">Part of a name or address.</param>
public sealed record ListUsers(PageRequest Page, string? Search = null);

/// <summary>The calling person.</summary>
public sealed record GetMe;

/// <summary>What to change; null stays as it is.</summary>
/// <param name="DisplayName">1 to 80 characters.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
public sealed record UpdateMe(string? DisplayName = null, string? Locale = null);

/// <summary>A person to be there.</summary>
/// <param name="Email">The address, which the caller has verified or an operator vouches for.</param>
/// <param name="DisplayName">The name for a new person; made from the address when null.</param>
/// <param name="Locale">The language for a new person; <c>uk</c> when null.</param>
public sealed record EnsureUser(string Email, string? DisplayName = null, string? Locale = null);

/// <summary>Which address.</summary>
public sealed record LookUpAddress(string Email);

/// <summary>Who stands behind an address.</summary>
/// <param name="User">The person; null where nobody has it.</param>
/// <param name="Invited">An invitation waits for it.</param>
public sealed record AddressView(UserView? User, bool Invited);

/// <summary>A person.</summary>
public sealed record UserView(UserId Id, string Email, string DisplayName, string Locale, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt, DateTimeOffset? DisabledAt);

/// <summary>The calling person.</summary>
/// <param name="Id">The person.</param>
/// <param name="Email">The address.</param>
/// <param name="DisplayName">The name.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>.</param>
/// <param name="CityRole">The role in the city team, for operators.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="LastLoginAt">The last sign-in.</param>
public sealed record MeView(UserId Id, string Email, string DisplayName, string Locale, TeamRole? CityRole, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt);
