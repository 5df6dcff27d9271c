using System.Security.Claims;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Daarion.UI;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Daarion.Server.Screens;

/// <summary>
/// The door of the console's pages: whoever is not signed in is sent to the sign-in page (only the pages before it are open), and who is, goes in
/// with a principal that the live connection keeps.
/// </summary>
internal sealed class ConsoleDoor(RequestDelegate next)
{
    /// <summary>Claims of the principal that a live connection keeps.</summary>
    public const string User = "daarion:user", Session = "daarion:session", Ip = "daarion:ip", UserAgent = "daarion:agent";

    private static readonly string[] BeforeSignIn =
    [
        SignInAddresses.SignInPage, SignInAddresses.ConfirmPage, SignInAddresses.SetupPage, SignInAddresses.InvitationPage,
    ];

    /// <summary>A page of the console, or its live connection.</summary>
    public static bool IsScreen(HttpContext http) =>
        http.Listener() == Listener.Public
        && (http.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) || http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null);

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<RequestCaller>()?.Caller is { SessionId: { } session, User: { } user } caller)
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity(
                [
                    new Claim(User, user.Value), new Claim(Session, session.Value), new Claim(Ip, caller.Ip?.ToString() ?? string.Empty), new Claim(UserAgent, caller.UserAgent ?? string.Empty),
                ],
                "session"));
            return next(http);
        }

        var path = http.Request.Path;
        if (path.StartsWithSegments("/_blazor", StringComparison.Ordinal))
        {
            throw new CityException(ErrorCode.Unauthenticated, "Sign in to open the console.");
        }

        if (Array.Exists(BeforeSignIn, page => path.Equals(page, StringComparison.OrdinalIgnoreCase)))
        {
            return next(http);
        }

        var back = path == "/" ? string.Empty : $"?return_url={Uri.EscapeDataString(path + http.Request.QueryString)}";
        http.Response.Redirect(SignInAddresses.SignInPage + back);
        return Task.CompletedTask;
    }
}
