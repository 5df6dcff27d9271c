using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Auth;

/// <summary>The ways in. See <see cref="CodeGate"/> for what holds against guessing.</summary>
internal sealed partial class SignInService(
    AuthDbContext db, IAccess access, CodeGate gate, IUserService users, IMembershipService memberships, ITeamService teams, IDisabledPeople disabled, IMail mail) : ISignInService
{
    private const string SigningIn = "auth.sign_in";
    private static readonly Caller Self = Caller.ForService(ServiceName.Auth);

    public async Task<CodeRequested> RequestCode(Caller caller, RequestCode request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "a request for a code proves nothing and tells nothing");
        var email = EmailAddress.Parse(request.Email);
        var locale = request.Locale is { } wanted && Locales.All.Contains(wanted) ? wanted : Locales.Default;
        var address = await users.LookUpAddress(Self, new LookUpAddress(email.Value), ct);
        var letter = await db.Transact(
            async token =>
            {
                await gate.LockAddress(email, token);
                await gate.RequireWithinLimits(email, caller.Ip, token);
                var settings = await db.Settings.AsNoTracking().SingleAsync(token);
                var known = address.User is { DisabledAt: null };
                var mayEnter = (known || (address.User is null && (address.Invited || settings.OpenSignup))) && await gate.PausedUntil(email, token) is null;
                var (row, code, link) = SignInCode.ForLetter(email, mayEnter, request with { ReturnPath = LocalPath(request.ReturnPath) }, caller, db.Now);
                db.Add(row);
                return mayEnter ? new SignInLetter(email.Value, address.User?.Locale ?? locale, code, link, SignInCode.Lifetime) : null;
            },
            ct);
        if (letter is not null)
        {
            mail.Post(letter);
        }

        return new CodeRequested((int)SignInCode.Lifetime.TotalSeconds);
    }

    public async Task<SignedIn> VerifyCode(Caller caller, VerifyCode request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "a mailed code");
        var email = EmailAddress.Parse(request.Email);
        var address = await users.LookUpAddress(Self, new LookUpAddress(email.Value), ct);
        var (failure, pausedUntil, returnPath) = await db.Transact(
            async token =>
            {
                await gate.LockAddress(email, token);
                if (await gate.PausedUntil(email, token) is { } until)
                {
                    await gate.CountWhilePaused(email, address.User?.Id, caller, token);
                    return (FailureReasons.Paused, until, null);
                }

                var row = await db.Codes.Where(code => code.Email == email.Value && !code.Direct).OrderByDescending(code => code.Id).FirstOrDefaultAsync(token);
                var why = row is null ? FailureReasons.WrongCode : row.Try(request.Code.Trim(), db.Now);

                // The letter may be older than the day the person was disabled.
                why ??= address.User is { DisabledAt: not null } ? FailureReasons.WrongCode : null;
                var pause = why is null ? null : await gate.CountFailure(email, why, address.User?.Id, caller, token);
                return (why, pause ?? default, row?.ReturnPath);
            },
            ct);
        if (failure is not null)
        {
            throw failure == FailureReasons.Paused || pausedUntil != default
                ? new CityException(ErrorCode.RateLimited, "Too many codes were wrong. Wait for 15 minutes and ask for a new one.") { Reason = FailureReasons.Paused, RetryAfter = pausedUntil - db.Now }
                : new CityException(ErrorCode.Unauthenticated, "This code is wrong, used or too old. Ask for a new one.") { Reason = "code_invalid" };
        }

        var user = address.User ?? await users.Ensure(Self, new EnsureUser(email.Value), ct);
        return await Open(caller, user.Id, "code", returnPath, ct);
    }

    public async Task<LinkView> InspectLink(Caller caller, InspectLink request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "a sign-in link");
        var row = await ByLink(request.Token, ct);
        return row is not null && row.IsGood(db.Now) ? new LinkView(true, row.MustConfirm(request.Browser)) : new LinkView(false, false);
    }

    public async Task<SignedIn> RedeemLink(Caller caller, RedeemLink request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "a sign-in link");
        var row = await ByLink(request.Token, ct);
        var now = db.Now;
        var used = row is not null && row.IsGood(now)
            ? await db.Codes.Where(code => code.Id == row.Id && code.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(code => code.UsedAt, now), ct)
            : 0;
        if (used == 0)
        {
            throw new CityException(ErrorCode.Unauthenticated, "This link is wrong, used or too old. Ask for a new one.") { Reason = "link_invalid" };
        }

        var user = await users.Ensure(Self, new EnsureUser(row!.Email), ct);
        return user.DisabledAt is null
            ? await Open(caller, user.Id, "link", row.ReturnPath, ct)
            : throw new CityException(ErrorCode.Unauthenticated, "This link is wrong, used or too old. Ask for a new one.") { Reason = "link_invalid" };
    }

    public async Task<SignedIn> RedeemInvitation(Caller caller, RedeemInvitation request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "an invitation link");
        var member = await memberships.AcceptInvitation(caller, new AcceptInvitation(request.Token, request.DisplayName, request.Locale), ct);
        return await Open(caller, member.UserId, "invitation", $"/teams/{member.TeamId}", ct);
    }

    public async Task<SessionPerson> Resume(Caller caller, ResumeSession request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "a session's token");
        var digest = OneTimeToken.Digest(request.Token);
        var now = db.Now;
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(one => one.TokenHash == digest, ct);
        if (session is null || !session.IsAlive(now) || await disabled.Include(session.UserId, ct))
        {
            throw new CityException(ErrorCode.Unauthenticated, "This session has ended. Sign in again.") { Reason = "session_ended" };
        }

        if (now - session.LastSeenAt >= Session.NoteInterval)
        {
            await db.Sessions.Where(one => one.Id == session.Id && one.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(one => one.LastSeenAt, now), ct);
        }

        return new SessionPerson(session.Id, session.UserId, session.CreatedAt, session.EndsAt);
    }

    private async Task<SignedIn> Open(Caller caller, UserId user, string method, string? returnPath, CancellationToken ct)
    {
        var (session, token) = Session.Open(user, method, caller, db.Now);
        db.Add(session);
        db.Operation.Prove(user);
        db.Publish(new AuthSessionCreated(session.Id, user, method), user.Value);
        await db.SaveChangesAsync(ct);
        return new SignedIn(session.Id, user, token, session.ExpiresAt, returnPath);
    }

    private async Task<SignInCode?> ByLink(string token, CancellationToken ct)
    {
        var digest = OneTimeToken.Digest(token);
        return await db.Codes.AsNoTracking().SingleOrDefaultAsync(code => code.LinkTokenHash == digest, ct);
    }

    // A link leads to a page of this city and nowhere else.
    private static string? LocalPath(string? path) =>
        path is { Length: > 1 and <= 2048 } && path[0] == '/' && path[1] is not ('/' or '\\') && !path.Any(char.IsControl) ? path : null;
}
