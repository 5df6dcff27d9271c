using System.Net;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Auth;

/// <summary>
/// What holds against guessing and flooding: five codes for an address and twenty from one IP in 15 minutes; after ten failures in 15
/// minutes the codes for the address pause for 15. All of it counts the same for an address that nobody has.
/// </summary>
internal sealed class CodeGate(AuthDbContext db)
{
    public const int CodesPerAddress = 5;
    public const int CodesPerIp = 20;
    public const int FailuresBeforePause = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Attempts for one address are taken one after another until the transaction ends.</summary>
    public Task LockAddress(EmailAddress email, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({email.Value}, 4))", ct);

    /// <exception cref="CityException"><c>rate_limited</c> with the time to wait.</exception>
    public async Task RequireWithinLimits(EmailAddress email, IPAddress? address, CancellationToken ct)
    {
        var since = db.Now - Window;
        await RequireFewer(db.Codes.Where(code => code.Email == email.Value && !code.Direct && code.CreatedAt > since), CodesPerAddress, ct);
        if (AddressBlock.Of(address) is { } ip)
        {
            await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({ip}, 5))", ct);
            await RequireFewer(db.Codes.Where(code => code.Ip == ip && code.CreatedAt > since), CodesPerIp, ct);
        }
    }

    /// <summary>Until when codes for the address pause; null when they do not.</summary>
    public async Task<DateTimeOffset?> PausedUntil(EmailAddress email, CancellationToken ct)
    {
        var now = db.Now;
        return await db.Pauses.AsNoTracking().Where(pause => pause.Email == email.Value && pause.Until > now).Select(pause => (DateTimeOffset?)pause.Until).SingleOrDefaultAsync(ct);
    }

    /// <summary>Counts a failure; answers until when codes pause, when this was one too many.</summary>
    public async Task<DateTimeOffset?> CountFailure(EmailAddress email, string reason, UserId? user, Caller caller, CancellationToken ct)
    {
        var now = db.Now;
        var earlier = await db.Pauses.SingleOrDefaultAsync(pause => pause.Email == email.Value, ct);
        var since = earlier is not null && earlier.Until > now - Window ? earlier.Until : now - Window;
        var failures = 1 + await db.Failures.CountAsync(failure => failure.Email == email.Value && failure.At > since, ct);
        Note(email, reason, user, failures, caller);
        if (failures < FailuresBeforePause)
        {
            return null;
        }

        var until = now + Window;
        if (earlier is null)
        {
            db.Add(new SignInPause { Email = email.Value, Until = until });
        }
        else
        {
            earlier.Until = until;
        }

        return until;
    }

    /// <summary>Counts an attempt that came while codes pause. It does not make the pause longer: then whoever knows an address could keep its owner out for ever.</summary>
    public async Task CountWhilePaused(EmailAddress email, UserId? user, Caller caller, CancellationToken ct)
    {
        var since = db.Now - Window;
        Note(email, FailureReasons.Paused, user, 1 + await db.Failures.CountAsync(failure => failure.Email == email.Value && failure.At > since, ct), caller);
    }

    private void Note(EmailAddress email, string reason, UserId? user, int failures, Caller caller)
    {
        db.Add(new SignInFailure { Email = email.Value, Reason = reason, At = db.Now, Ip = caller.Ip?.ToString() });
        db.Publish(new AuthSignInFailed(user, reason, failures), user?.Value ?? $"nobody:{Convert.ToHexStringLower(OneTimeToken.Digest(email.Value)[..8])}");
    }

    private async Task RequireFewer(IQueryable<SignInCode> codes, int limit, CancellationToken ct)
    {
        var times = await codes.OrderByDescending(code => code.CreatedAt).Take(limit).Select(code => code.CreatedAt).ToListAsync(ct);
        if (times.Count == limit)
        {
            throw new CityException(ErrorCode.RateLimited, "Too many codes were asked for. Wait a little and use the last one that was mailed.") { RetryAfter = times[^1] + Window - db.Now };
        }
    }
}
