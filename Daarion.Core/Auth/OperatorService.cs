using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Auth;

/// <summary>The operations on operators, who are the members of the city's own team.</summary>
internal sealed class OperatorService(AuthDbContext db, IAccess access, IUserService users, IMembershipService memberships) : IOperatorService
{
    private const string Manage = "auth.operator.manage";
    private const string See = "auth.operator.read";
    private static readonly TeamId City = TeamId.WellKnown();
    private static readonly Caller Self = Caller.ForService(ServiceName.Auth);

    public async Task<OperatorMade> Make(Caller caller, MakeOperator request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        if (request.WithSignInLink)
        {
            // Such a link signs in as somebody else: only who sits at the terminal gets one.
            await access.Require(caller, "auth.sign_in_link.create", ResourceRef.City, ct);
        }

        var email = EmailAddress.Parse(request.Email);
        var user = await users.Ensure(Self, new EnsureUser(email.Value), ct);
        var role = await Add(caller, user.Id, request.Role, ct);
        return new OperatorMade(user.Id, user.Email, role, request.WithSignInLink ? await Link(email, ct) : null);
    }

    public async Task<Page<OperatorView>> List(Caller caller, ListOperators request, CancellationToken ct)
    {
        await access.Require(caller, See, ResourceRef.City, ct);
        var members = await memberships.List(caller, new ListMembers(City, request.Page), ct);
        return members.Select(View);
    }

    public async Task<OperatorView> Remove(Caller caller, RemoveOperator request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        return View(await memberships.Remove(caller, new RemoveMember(City, request.UserId), ct));
    }

    public async Task<SetupPrepared> PrepareSetup(Caller caller, PrepareSetup request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        return await db.Transact(
            async token =>
            {
                var settings = await db.LockSettings(token);
                if (await FirstOperator.Exists(memberships, token))
                {
                    // Also where a start before this one was stopped half way.
                    settings.SetupDone(db.Now);
                    return new SetupPrepared(null, null);
                }

                if (request.AdminEmail is not { } address)
                {
                    return new SetupPrepared(settings.AwaitSetup(), null);
                }

                var user = await users.Ensure(Self, new EnsureUser(EmailAddress.Parse(address).Value), token);
                var added = await memberships.Add(caller, new AddMember(City, user.Id, Role: TeamRole.Owner), token);
                settings.SetupDone(db.Now);
                return new SetupPrepared(null, new OperatorMade(user.Id, user.Email, added.Member!.Role, null));
            },
            ct);
    }

    public async Task<SignInSettings> Settings(Caller caller, GetSignInSettings request, CancellationToken ct)
    {
        await access.Require(caller, See, ResourceRef.City, ct);
        var settings = await db.Settings.AsNoTracking().SingleAsync(ct);
        return new SignInSettings(settings.OpenSignup);
    }

    public async Task<SignInSettings> UpdateSettings(Caller caller, UpdateSignInSettings request, CancellationToken ct)
    {
        await access.Require(caller, "auth.settings.manage", ResourceRef.City, ct);
        var settings = await db.Settings.SingleAsync(ct);
        if (request.OpenSignup is { } open && open != settings.OpenSignup)
        {
            settings.OpenSignup = open;
            db.Audit("auth.open_signup.changed", "city", City.Value, City, ("open_signup", open ? "true" : "false"));
            await db.SaveChangesAsync(ct);
        }

        return new SignInSettings(settings.OpenSignup);
    }

    private static OperatorView View(MemberView member) => new(member.UserId, member.Email, member.DisplayName, member.Role, member.JoinedAt);

    // One after another, on whichever replica: two who would both be the first become one Owner and one Guardian.
    private Task<TeamRole> Add(Caller caller, UserId user, TeamRole wanted, CancellationToken ct) => db.Transact(
        async token =>
        {
            var settings = await db.LockSettings(token);
            settings.SetupDone(db.Now);
            if (await FirstOperator.RoleOf(memberships, user, token) is { } office)
            {
                return office;
            }

            var role = await FirstOperator.Exists(memberships, token) ? wanted : TeamRole.Owner;
            return (await memberships.Add(caller, new AddMember(City, user, Role: role), token)).Member!.Role;
        },
        ct);

    private async Task<string> Link(EmailAddress email, CancellationToken ct)
    {
        var (row, token) = SignInCode.ForTerminal(email, db.Now);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return token;
    }
}
