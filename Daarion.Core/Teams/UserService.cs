using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>The operations on people.</summary>
internal sealed class UserService(TeamsDbContext db, IAccess access) : IUserService
{
    public async Task<UserView> Get(Caller caller, GetUser request, CancellationToken ct)
    {
        await access.Require(caller, "user.read", request.Id == caller.User ? ResourceRef.Own("user", request.Id.Value, request.Id) : ResourceRef.City, ct);
        return (await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == request.Id, ct) ?? throw CityException.NotFound("person")).View();
    }

    public async Task<UserView> FindByEmail(Caller caller, FindUserByEmail request, CancellationToken ct)
    {
        await access.Require(caller, "user.read", ResourceRef.City, ct);
        var email = EmailAddress.Parse(request.Email).Value;
        return (await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Email == email, ct) ?? throw CityException.NotFound("person")).View();
    }

    public async Task<Page<UserView>> List(Caller caller, ListUsers request, CancellationToken ct)
    {
        await access.Require(caller, "user.read", ResourceRef.City, ct);
        var page = request.Page.Checked();
        var (after, pattern) = (PageCursor.Decode(page.Cursor, 1)?[0], TeamViews.Pattern(request.Search));
        var rows = await db.Users.FromSql(
                $"""
                select * from teams.users
                where ({after}::text is null or id < {after}) and ({pattern}::text is null or display_name ilike {pattern} or email ilike {pattern})
                """)
            .AsNoTracking().OrderByDescending(user => user.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<UserView>.From([.. rows.Select(user => user.View())], page, user => [user.Id.Value]);
    }

    public async Task<MeView> Me(Caller caller, GetMe request, CancellationToken ct)
    {
        var id = await RequireOwn(caller, "user.read", ct);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(person => person.Id == id, ct) ?? throw CityException.NotFound("person");
        var city = TeamId.WellKnown();
        var office = await db.Members.AsNoTracking().SingleOrDefaultAsync(member => member.TeamId == city && member.UserId == id, ct);
        return new MeView(user.Id, user.Email, user.DisplayName, user.Locale, office?.Role, user.CreatedAt, user.LastLoginAt);
    }

    public async Task<UserView> UpdateMe(Caller caller, UpdateMe request, CancellationToken ct)
    {
        var id = await RequireOwn(caller, "user.update", ct);
        var user = await db.Users.SingleOrDefaultAsync(person => person.Id == id, ct) ?? throw CityException.NotFound("person");
        if (request.DisplayName is { } name)
        {
            user.Rename(name);
        }

        if (request.Locale is { } locale)
        {
            user.Speak(locale);
        }

        await db.SaveChangesAsync(ct);
        return user.View();
    }

    public async Task<UserView> Ensure(Caller caller, EnsureUser request, CancellationToken ct)
    {
        await access.Require(caller, "user.create", ResourceRef.City, ct);
        var email = EmailAddress.Parse(request.Email);
        var (user, _) = await db.Transact(token => People.Ensure(db, email, request.DisplayName, request.Locale, token), ct);
        return user.View();
    }

    public async Task<AddressView> LookUpAddress(Caller caller, LookUpAddress request, CancellationToken ct)
    {
        await access.Require(caller, "user.read", ResourceRef.City, ct);
        var email = EmailAddress.Parse(request.Email).Value;
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(person => person.Email == email, ct);
        var now = db.Now;
        var invited = await db.Invitations.AnyAsync(one => one.Email == email && one.AcceptedAt == null && one.RevokedAt == null && one.ExpiresAt > now, ct);
        return new AddressView(user?.View(), invited);
    }

    private async Task<UserId> RequireOwn(Caller caller, string capability, CancellationToken ct)
    {
        await access.Require(caller, capability, caller.User is { } own ? ResourceRef.Own("user", own.Value, own) : ResourceRef.City, ct);
        return caller.User ?? throw CityException.NotFound("person");
    }
}
