using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Auth;

/// <summary>The operations on sessions.</summary>
internal sealed class SessionService(AuthDbContext db, IAccess access, IDisabledPeople disabled) : ISessionService
{
    private const int MaxWatched = 10_000;

    public async Task<Page<SessionView>> List(Caller caller, ListSessions request, CancellationToken ct)
    {
        var whose = request.Everyone ? null : request.UserId ?? caller.User;
        await access.Require(caller, "auth.session.read", Of(caller, whose), ct);
        if (!request.Everyone && whose is null)
        {
            throw CityException.Invalid("user_id", "Say whose sessions.");
        }

        var page = request.Page.Checked();
        var (after, owner, now, idle) = (PageCursor.Decode(page.Cursor, 1)?[0], whose?.Value, db.Now, db.Now - Session.IdleLimit);
        var rows = await db.Sessions.FromSql(
                $"""
                select * from auth.sessions
                where ({owner}::text is null or user_id = {owner}) and ({after}::text is null or id < {after})
                  and ({request.IncludeEnded} or (ended_at is null and expires_at > {now} and last_seen_at > {idle}))
                """)
            .AsNoTracking().OrderByDescending(session => session.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<SessionView>.From([.. rows.Select(session => session.View(caller.SessionId))], page, session => [session.Id.Value]);
    }

    public async Task<SessionView> Get(Caller caller, GetSession request, CancellationToken ct)
    {
        var session = await Find(request.Id, ct);
        await access.Require(caller, "auth.session.read", Of(caller, session?.UserId), ct);
        return session?.View(caller.SessionId) ?? throw CityException.NotFound("session");
    }

    public async Task<SessionView> End(Caller caller, EndSession request, CancellationToken ct)
    {
        var session = await Find(request.Id, ct);
        await access.Require(caller, "auth.session.end", Of(caller, session?.UserId), ct);
        if (session is null)
        {
            throw CityException.NotFound("session");
        }

        var ended = await EndAll(caller, session.UserId, one => one.Id == request.Id, session.UserId == caller.User ? EndReasons.SignedOut : EndReasons.ByOperator, ct);
        return ended is [var one] ? one.View(caller.SessionId) : session.View(caller.SessionId);
    }

    public async Task<SessionsEnded> EndAll(Caller caller, EndAllSessions request, CancellationToken ct)
    {
        var whose = request.UserId ?? caller.User;
        await access.Require(caller, "auth.session.end", Of(caller, whose), ct);
        var user = whose ?? throw CityException.Invalid("user_id", "Say whose sessions.");
        var kept = request.KeepCurrent ? caller.SessionId : null;
        var ended = await EndAll(caller, user, one => one.Id != kept, user == caller.User ? EndReasons.Everywhere : EndReasons.ByOperator, ct);
        return new SessionsEnded(ended.Count);
    }

    public async Task<SessionsAlive> Watch(Caller caller, WatchSessions request, CancellationToken ct)
    {
        await access.Require(caller, "auth.session.watch", ResourceRef.City, ct);
        if (request.Ids.Count > MaxWatched)
        {
            throw CityException.Invalid("ids", $"Give at most {MaxWatched}.");
        }

        var (ids, now, idle, noted) = (request.Ids.Select(id => id.Value).ToArray(), db.Now, db.Now - Session.IdleLimit, db.Now - Session.NoteInterval);
        await db.Database.ExecuteSqlAsync(
            $"""
            update auth.sessions set last_seen_at = {now}
            where id = any({ids}) and ended_at is null and expires_at > {now} and last_seen_at > {idle} and last_seen_at <= {noted}
            """,
            ct);
        var alive = await db.Sessions.FromSql($"select * from auth.sessions where id = any({ids}) and ended_at is null and expires_at > {now} and last_seen_at > {idle}")
            .AsNoTracking().Select(session => new { session.Id, session.UserId }).ToListAsync(ct);
        var living = new List<SessionId>(alive.Count);
        foreach (var session in alive)
        {
            if (!await disabled.Include(session.UserId, ct))
            {
                living.Add(session.Id);
            }
        }

        return new SessionsAlive(living);
    }

    public async Task<Page<SignInFailureView>> Failures(Caller caller, ListSignInFailures request, CancellationToken ct)
    {
        await access.Require(caller, "auth.session.read", ResourceRef.City, ct);
        var page = request.Page.Checked();
        var before = PageCursor.Decode(page.Cursor, 1) is [var text]
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.")
            : long.MaxValue;
        var rows = await db.Failures.AsNoTracking().Where(failure => failure.Id < before).OrderByDescending(failure => failure.Id).Take(page.Limit + 1)
            .Select(failure => new SignInFailureView(failure.Id, failure.Email, failure.Reason, failure.At, failure.Ip)).ToListAsync(ct);
        return Page<SignInFailureView>.From(rows, page, failure => [failure.Id.ToString(CultureInfo.InvariantCulture)]);
    }

    private static ResourceRef Of(Caller caller, UserId? whose) => whose is { } user && user == caller.User ? ResourceRef.Own("session", null, user) : ResourceRef.City;

    private Task<Session?> Find(SessionId id, CancellationToken ct) => db.Sessions.AsNoTracking().SingleOrDefaultAsync(session => session.Id == id, ct);

    private Task<List<Session>> EndAll(Caller caller, UserId user, Func<Session, bool> which, string reason, CancellationToken ct) => db.Transact(
        async token =>
        {
            var open = await db.Sessions.FromSql($"select * from auth.sessions where user_id = {user.Value} and ended_at is null for update").ToListAsync(token);
            var ended = open.Where(session => session.IsAlive(db.Now) && which(session)).ToList();
            foreach (var session in ended)
            {
                session.End(reason, db.Now);
                db.Publish(new AuthSessionEnded(session.Id, user, reason), user.Value);
            }

            if (ended.Count > 0 && user != caller.User)
            {
                db.Audit("auth.session.ended", "user", user.Value, null, ("sessions", ended.Count.ToString(CultureInfo.InvariantCulture)));
            }

            return ended;
        },
        ct);
}
