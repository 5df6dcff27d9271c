namespace Daarion.Server.Gateway;

/// <summary>
/// The OpenID Connect server stands beside its own addresses alone: every other request would ask in vain whether it is one of them, which costs more than
/// to find out who calls. Who calls the rest, the city's own door finds out (<see cref="CallerDoor"/>).
/// </summary>
internal static class OidcDoor
{
    // The framework puts its middleware before everything where it does not find it on the main road.
    private const string FoundByTheFramework = "__AuthenticationMiddlewareSet";
    private static readonly PathString[] Addresses = ["/connect", "/.well-known"];

    public static void UseOidcDoor(this IApplicationBuilder app)
    {
        app.Properties[FoundByTheFramework] = true;
        app.UseWhen(
            static http => Array.Exists(Addresses, address => http.Request.Path.StartsWithSegments(address, StringComparison.OrdinalIgnoreCase)),
            static oidc => oidc.UseMiddleware<ConnectDoor>().UseAuthentication());
    }
}

/// <summary>
/// The budget of addresses whose proofs at <c>/connect</c> are wrong. The OpenID Connect server answers them itself, before anybody is asked
/// who calls; so here what came out is looked at: a failure uses up the address's budget, and when there is none left a failure is told as
/// that alone. A good proof is never turned away for the bad ones of its neighbours.
/// </summary>
internal sealed class ConnectDoor(RequestDelegate next, IUnauthenticatedBudget budget)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
        }
        else if (budget.HasLeft(http.Connection.RemoteIpAddress))
        {
            await next(http);
            if (Failed(http))
            {
                budget.Note(http.Connection.RemoteIpAddress);
            }
        }
        else
        {
            await WithoutBudget(http);
        }
    }

    private async Task WithoutBudget(HttpContext http)
    {
        var body = http.Response.Body;
        using var held = new MemoryStream();
        http.Response.Body = held;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        if (Failed(http))
        {
            budget.Charge(http.Connection.RemoteIpAddress);
        }

        held.Position = 0;
        await held.CopyToAsync(body, http.RequestAborted);
    }

    // What the door behind has charged already is not charged twice.
    private static bool Failed(HttpContext http) => http.Response.StatusCode >= StatusCodes.Status400BadRequest && http.Features.Get<ChargedFeature>() is null;
}

/// <summary>The request has used up one of its address's budget.</summary>
internal sealed record ChargedFeature;
