using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Auth;

/// <summary>
/// Operators: the members of <c>t_city</c>. Called from the console's settings, and from the command line inside the server's own process as
/// <c>Caller.ForService(ServiceName.Auth)</c>, whose bundle holds what is needed.
/// </summary>
public interface IOperatorService
{
    /// <summary>
    /// Makes the person with an address an operator (and a person, where nobody has it) and gives a sign-in link that signs in at once.
    /// The first one becomes the city's Owner. Capability <c>auth.operator.manage</c>. For who is an operator already it only gives the link.
    /// </summary>
    [TimeLimit(30)]
    Task<OperatorMade> Make(Caller caller, MakeOperator request, CancellationToken ct);

    /// <summary>The operators. Capability <c>auth.operator.read</c>.</summary>
    Task<Page<OperatorView>> List(Caller caller, ListOperators request, CancellationToken ct);

    /// <summary>Takes the operator's role away; the person stays. Capability <c>auth.operator.manage</c>. <c>conflict</c> for the city's Owner.</summary>
    Task<OperatorView> Remove(Caller caller, RemoveOperator request, CancellationToken ct);

    /// <summary>
    /// At start: what a city without operators needs. With an address, makes that person the first operator; without, gives a fresh
    /// setup token to be printed on the terminal, for <c>/setup?token=</c>. Does nothing for a city that has an operator.
    /// Capability <c>auth.operator.manage</c>.
    /// </summary>
    [TimeLimit(30)]
    Task<SetupPrepared> PrepareSetup(Caller caller, PrepareSetup request, CancellationToken ct);

    /// <summary>The sign-in settings of the city. Capability <c>auth.operator.read</c>.</summary>
    Task<SignInSettings> Settings(Caller caller, GetSignInSettings request, CancellationToken ct);

    /// <summary>Changes them. Capability <c>auth.settings.manage</c>; audited.</summary>
    Task<SignInSettings> UpdateSettings(Caller caller, UpdateSignInSettings request, CancellationToken ct);
}

/// <summary>Who shall be an operator.</summary>
/// <param name="Email">The address.</param>
/// <param name="Role">The role in the city; the first operator is always its Owner.</param>
/// <param name="WithSignInLink">Gives a link that signs in at once: for the command line. The console mails a code instead.</param>
public sealed record MakeOperator(string Email, TeamRole Role = TeamRole.Guardian, bool WithSignInLink = false);

/// <summary>A new operator.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Email">The address.</param>
/// <param name="Role">The role in the city.</param>
/// <param name="SignInToken">For <c>/auth/magic?token=</c>, good once and for 10 minutes; null where none was asked for.</param>
public sealed record OperatorMade(UserId UserId, string Email, TeamRole Role, string? SignInToken);

/// <summary>How many, from where.</summary>
public sealed record ListOperators(PageRequest Page);

/// <summary>Which operator.</summary>
public sealed record RemoveOperator(UserId UserId);

/// <summary>An operator.</summary>
public sealed record OperatorView(UserId UserId, string Email, string DisplayName, TeamRole Role, DateTimeOffset Since);

/// <summary>What the city was started with.</summary>
/// <param name="AdminEmail"><c>DAARION_ADMIN_EMAIL</c>; with it no setup page exists.</param>
public sealed record PrepareSetup(string? AdminEmail);

/// <summary>What came of it.</summary>
/// <param name="SetupToken">To be printed as <c>/setup?token=</c>; null where there is nothing to set up.</param>
/// <param name="Operator">The first operator, when the address was given.</param>
public sealed record SetupPrepared(string? SetupToken, OperatorMade? Operator);

/// <summary>The sign-in settings.</summary>
public sealed record GetSignInSettings;

/// <summary>What to change; null stays.</summary>
public sealed record UpdateSignInSettings(bool? OpenSignup = null);

/// <summary>The sign-in settings of the city.</summary>
/// <param name="OpenSignup">Anybody with an address may sign up; otherwise only who is invited.</param>
public sealed record SignInSettings(bool OpenSignup);
