using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>Invitations: how an address that nobody has yet becomes a member.</summary>
internal sealed partial class MembershipService
{
    private const string Accepting = "team.invitation.accept";
    private const string SignInRequired = "sign_in_required";

    public async Task<Page<InvitationView>> Invitations(Caller caller, ListInvitations request, CancellationToken ct)
    {
        await access.Require(caller, "team.invitation.read", ResourceRef.Team(request.TeamId), ct);
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var found = db.Invitations.FromSql(
            $"""
            select * from teams.team_invitations
            where team_id = {request.TeamId.Value} and ({after}::text is null or id < {after})
              and (not {request.OnlyOpen} or (accepted_at is null and revoked_at is null and expires_at > {db.Now}))
            """);
        return await Views(found.OrderByDescending(invitation => invitation.Id), page, ct);
    }

    public async Task<Page<InvitationView>> MyInvitations(Caller caller, ListMyInvitations request, CancellationToken ct)
    {
        var user = await Self(caller, ct);
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var found = db.Invitations.FromSql(
            $"""
            select * from teams.team_invitations
            where email = {user.Email} and ({after}::text is null or id < {after}) and accepted_at is null and revoked_at is null and expires_at > {db.Now}
            """);
        return await Views(found.OrderByDescending(invitation => invitation.Id), page, ct);
    }

    public async Task<InvitationView> RevokeInvitation(Caller caller, RevokeInvitation request, CancellationToken ct)
    {
        await access.Require(caller, "team.member.add", ResourceRef.Team(request.TeamId), ct);
        return await db.Transact(
            async token =>
            {
                var team = await db.Lock(request.TeamId, token);
                var invitation = await db.Invitations.SingleOrDefaultAsync(one => one.Id == request.Id && one.TeamId == request.TeamId, token) ?? throw CityException.NotFound("invitation");
                await Withdraw(caller, team, invitation, token);
                return invitation.View(team.Name, db.Now);
            },
            ct);
    }

    public async Task<InvitationView> InspectInvitation(Caller caller, InspectInvitation request, CancellationToken ct)
    {
        var invitation = await ByToken(request.Token, ct);
        access.AllowByProof(caller, Accepting, "invitation link");
        var team = await db.Teams.AsNoTracking().SingleAsync(one => one.Id == invitation.TeamId, ct);
        return invitation.View(team.Name, db.Now);
    }

    public async Task<MemberView> AcceptInvitation(Caller caller, AcceptInvitation request, CancellationToken ct)
    {
        var invitation = await ByToken(request.Token, ct);
        access.AllowByProof(caller, Accepting, "invitation link");
        return await Accept(invitation, token => NewPerson(invitation, request, token), ct);
    }

    // The link proves that the letter arrived. Who is a person here already proves that they are it by signing in, and accepts then.
    private async Task<User> NewPerson(Invitation invitation, AcceptInvitation request, CancellationToken ct)
    {
        var (user, made) = await People.Ensure(db, EmailAddress.Parse(invitation.Email), request.DisplayName, request.Locale, ct);
        return made ? user : throw new CityException(ErrorCode.Unauthenticated, "Somebody has this address already. Sign in with it, and accept then.") { Reason = SignInRequired };
    }

    public async Task<MemberView> AcceptMyInvitation(Caller caller, AcceptMyInvitation request, CancellationToken ct)
    {
        var user = await Self(caller, ct);
        var invitation = await db.Invitations.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id && one.Email == user.Email, ct) ?? throw CityException.NotFound("invitation");
        return await Accept(invitation, token => db.Users.SingleAsync(person => person.Id == user.Id, token), ct);
    }

    private async Task<(InvitationView View, Letter Letter)> Invite(Caller caller, Team team, EmailAddress email, AddMember request, CancellationToken ct)
    {
        team.RequireRoleFits(request.Role);

        // A new invitation to the same address takes the place of the one before: its link is the one that counts.
        var earlier = await db.Invitations.SingleOrDefaultAsync(one => one.TeamId == team.Id && one.Email == email.Value && one.AcceptedAt == null && one.RevokedAt == null, ct);
        if (earlier is not null)
        {
            await Withdraw(caller, team, earlier, ct);
            await db.SaveChangesAsync(ct);
        }

        var now = db.Now;
        if (await db.Invitations.CountAsync(one => one.TeamId == team.Id && one.AcceptedAt == null && one.RevokedAt == null && one.ExpiresAt > now, ct) >= Invitation.MaxOpen)
        {
            throw CityException.Conflict($"{Invitation.MaxOpen} invitations of this team are open; take some back first.", "too_many_invitations");
        }

        var (invitation, secret) = Invitation.New(team.Id, email, request.Role, request.ViewerType, caller.User, db.Now);
        db.Add(invitation);
        db.Publish(new TeamInvitationCreated(invitation.Id, team.Id, invitation.Role, invitation.ViewerType), team.Id.Value, team.Id);
        var host = caller.User is { } by ? await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == by, ct) : null;
        return (invitation.View(team.Name, db.Now), new InvitationLetter(email.Value, host?.Locale ?? Locales.Default, team.Name, host?.DisplayName, secret, invitation.ExpiresAt));
    }

    // What the Owner offered, a Guardian does not take back: a Guardian is made and unmade by who holds team.guardian.manage.
    private async Task Withdraw(Caller caller, Team team, Invitation invitation, CancellationToken ct)
    {
        if (invitation.Role == TeamRole.Guardian)
        {
            await access.Require(caller, "team.guardian.manage", ResourceRef.Team(team.Id), ct);
        }

        invitation.Revoke(db.Now);
        db.Publish(new TeamInvitationRevoked(invitation.Id, team.Id), team.Id.Value, team.Id);
    }

    private async Task<MemberView> Accept(Invitation seen, Func<CancellationToken, Task<User>> guest, CancellationToken ct)
    {
        var joined = await db.Transact(
            async token =>
            {
                var team = await db.Lock(seen.TeamId, token);
                if (team.State != TeamState.Active)
                {
                    throw new CityException(ErrorCode.Forbidden, "This team takes no new members now.") { Reason = "team_locked" };
                }

                var invitation = await db.Invitations.SingleAsync(one => one.Id == seen.Id, token);
                invitation.RequireOpen(db.Now);
                var user = await guest(token);
                invitation.Accept(user.Id, db.Now);
                db.Publish(new TeamInvitationAccepted(invitation.Id, team.Id, user.Id), team.Id.Value, team.Id);
                if (team.Find(user.Id) is { } already)
                {
                    return already.View(user);
                }

                var member = team.Add(user.Id, invitation.Role, invitation.ViewerType, db.Now);
                db.Publish(new TeamMemberJoined(team.Id, user.Id, member.Role, member.ViewerType), team.Id.Value, team.Id);
                Record(team, "joined", user.Id, ("role", Words.Of(member.Role)), ("invitation", invitation.Id.Value));
                return member.View(user);
            },
            ct);
        policies.ForgetMembership(joined.TeamId, joined.UserId);
        return joined;
    }

    private async Task<Invitation> ByToken(string token, CancellationToken ct)
    {
        var digest = OneTimeToken.Digest(token);
        var found = await db.Invitations.AsNoTracking().SingleOrDefaultAsync(invitation => invitation.TokenHash == digest, ct);
        return found ?? throw new CityException(ErrorCode.Unauthenticated, "This invitation's link is not good; ask for a new one.") { Reason = "link_invalid" };
    }

    private async Task<User> Self(Caller caller, CancellationToken ct)
    {
        await access.Require(caller, Accepting, caller.User is { } own ? ResourceRef.Own("invitation", null, own) : ResourceRef.City, ct);
        var id = caller.User ?? throw CityException.NotFound("person");
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == id, ct) ?? throw CityException.NotFound("person");
    }

    private async Task<Page<InvitationView>> Views(IQueryable<Invitation> invitations, PageRequest page, CancellationToken ct)
    {
        var rows = await invitations.AsNoTracking()
            .Take(page.Limit + 1)
            .Join(db.Teams, invitation => invitation.TeamId, team => team.Id, (invitation, team) => new { invitation, team.Name })
            .OrderByDescending(row => row.invitation.Id)
            .ToListAsync(ct);
        return Page<InvitationView>.From([.. rows.Select(row => row.invitation.View(row.Name, db.Now))], page, one => [one.Id.Value]);
    }
}
