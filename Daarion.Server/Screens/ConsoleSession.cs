using System.Globalization;
using System.Net;
using System.Security.Claims;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI;
using Microsoft.AspNetCore.Components.Authorization;

namespace Daarion.Server.Screens;

/// <summary>The person at one screen, from the principal that the page or its live connection came in with.</summary>
internal sealed class ConsoleSession(AuthenticationStateProvider state, IUserService users, TimeProvider clock) : IConsoleSession, IDisposable
{
    private readonly CancellationTokenSource ended = new();
    private ClaimsPrincipal? principal;

    public Caller Caller => Id is { } user && Session is { } session && !ended.IsCancellationRequested
        ? Caller.ForUser(user, session, new Origin(NewRequestId(), Address, principal?.FindFirst(ConsoleDoor.UserAgent)?.Value))
        : throw new CityException(ErrorCode.Unauthenticated, "The session has ended; sign in again.");

    public ConsolePerson? Person { get; private set; }

    // A session begins with the proof, and its id says when.
    public DateTimeOffset? SignedInAt => Session is { } session ? Ulid.Parse(session.Value.AsSpan("ses_".Length), CultureInfo.InvariantCulture).Time : null;

    public CancellationToken Ended => ended.Token;

    /// <summary>The session; null on the pages before the sign-in.</summary>
    public SessionId? Session => SessionId.TryParse(principal?.FindFirst(ConsoleDoor.Session)?.Value, out var session) ? session : null;

    private UserId? Id => UserId.TryParse(principal?.FindFirst(ConsoleDoor.User)?.Value, out var user) ? user : null;

    private IPAddress? Address => IPAddress.TryParse(principal?.FindFirst(ConsoleDoor.Ip)?.Value, out var ip) ? ip : null;

    public async Task Load(CancellationToken ct)
    {
        principal = (await state.GetAuthenticationStateAsync()).User;
        if (Id is null)
        {
            return;
        }

        var me = await users.Me(Caller, new GetMe(), ct);
        Person = new ConsolePerson(me.Id, me.Email, me.DisplayName, ScreenCulture.Of(me.Locale), me.CityRole is not null);
    }

    /// <summary>The session has ended elsewhere.</summary>
    public void End() => ended.Cancel();

    public void Dispose() => ended.Dispose();

    private string NewRequestId() => "req_" + Ulid.NewUlid(clock.GetUtcNow()).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant();
}
