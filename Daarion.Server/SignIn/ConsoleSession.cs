using System.Globalization;
using System.Net;
using System.Security.Claims;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI;
using Microsoft.AspNetCore.Components.Authorization;

namespace Daarion.Server.SignIn;

/// <summary>The person of one circuit, from the session whose cookie opened it.</summary>
internal sealed class ConsoleSession(AuthenticationStateProvider state, IUserService users, SessionWatch watch, TimeProvider clock) : IConsoleSession, IDisposable
{
    private SessionWatch.Watch? watched;
    private ClaimsPrincipal? principal;
    private (UserId User, SessionId Session)? known;

    public ConsolePerson? Person { get; private set; }

    public CancellationToken Ended => watched?.Ended ?? CancellationToken.None;

    public Caller Caller => known is { } who && !Ended.IsCancellationRequested
        ? Caller.ForUser(who.User, who.Session, Origin())
        : throw new CityException(ErrorCode.Unauthenticated, "This session has ended. Sign in again.") { Reason = "session_ended" };

    public async Task Load(CancellationToken ct)
    {
        principal = (await state.GetAuthenticationStateAsync()).User;
        if (!UserId.TryParse(principal.FindFirst(SessionClaims.User)?.Value, out var user) || !SessionId.TryParse(principal.FindFirst(SessionClaims.Session)?.Value, out var session))
        {
            return;
        }

        known = (user, session);
        watched ??= watch.Begin(session);
        var me = await users.Me(Caller, new GetMe(), ct);
        Person = new ConsolePerson(me.Id, me.Email, me.DisplayName, CultureInfo.GetCultureInfo(me.Locale), me.CityRole is not null);
    }

    public void Dispose() => watched?.Dispose();

    private Origin Origin() => new(
        $"req_{Ulid.NewUlid(clock.GetUtcNow()).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant()}",
        IPAddress.TryParse(principal?.FindFirst(SessionClaims.Ip)?.Value, out var ip) ? ip : null,
        principal?.FindFirst(SessionClaims.UserAgent)?.Value);
}
