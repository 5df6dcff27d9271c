using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of sessions, service keys, operators and outside apps. Signing in itself is in <see cref="SignIn.SignInApi"/>.</summary>
internal static class AuthApi
{
    public static void Map(ApiFaces faces)
    {
        var auth = faces.Internal.MapGroup("/auth");
        auth.MapPost("/service-key", CreateKey).Asks("auth.service_key.manage").AnswersSecret();
        auth.MapPost("/service-key/rotate", RotateKey).Asks("auth.service_key.manage").AnswersSecret();
        auth.MapPost("/service-key/revoke", RevokeKey).Asks("auth.service_key.manage");
        auth.MapGet("/service-key", ListKeys).Asks("auth.service_key.read");
        auth.MapGet("/service-key/{client_id}", GetKey).Asks("auth.service_key.read");
        auth.MapGet("/session", ListSessions).Asks("auth.session.read");
        auth.MapGet("/session/{id}", GetSession).Asks("auth.session.read");
        auth.MapDelete("/session/{id}", EndSession).Asks("auth.session.end");
        auth.MapGet("/signin-failures", ListFailures).Asks("auth.session.read");
        auth.MapGet("/operator", ListOperators).Asks("auth.operator.read");
        auth.MapGet("/settings", GetSettings).Asks("auth.operator.read");
        auth.MapPatch("/settings", UpdateSettings).Asks("auth.settings.manage");
        auth.MapPost("/oidc-client", CreateClient).Asks("auth.oidc_client.manage").AnswersSecret();
        auth.MapGet("/oidc-client", ListClients).Asks("auth.oidc_client.read");
        auth.MapDelete("/oidc-client/{client_id}", DeleteClient).Asks("auth.oidc_client.manage");

        var me = faces.Public.MapGroup("/me");
        me.MapGet("/sessions", MySessions).Asks("auth.session.read");
        me.MapDelete("/sessions", SignOutEverywhere).Asks("auth.session.end");
        me.MapDelete("/sessions/{id}", EndSession).Asks("auth.session.end");
        me.MapGet("/consents", ListConsents).Asks("auth.consent.manage");
        me.MapDelete("/consents/{id}", RevokeConsent).Asks("auth.consent.manage");
    }

    private static async Task<Created<ServiceKeySecret>> CreateKey(RequestCaller caller, Input<CreateServiceKey> request, IServiceKeyService keys, CancellationToken ct)
    {
        var made = await keys.Create(caller, request, ct);
        return TypedResults.Created($"/internal/v1/auth/service-key/{made.ClientId}", made);
    }

    private static async Task<Ok<ServiceKeySecret>> RotateKey(RequestCaller caller, Input<RotateServiceKey> request, IServiceKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Rotate(caller, request, ct));

    private static async Task<Ok<ServiceKeyView>> RevokeKey(RequestCaller caller, Input<RevokeServiceKey> request, IServiceKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Revoke(caller, request, ct));

    private static async Task<Ok<Page<ServiceKeyView>>> ListKeys(RequestCaller caller, Input<ListServiceKeys> request, IServiceKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.List(caller, request, ct));

    private static async Task<Ok<ServiceKeyView>> GetKey(RequestCaller caller, Input<GetServiceKey> request, IServiceKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Get(caller, request, ct));

    private static async Task<Ok<Page<SessionView>>> ListSessions(RequestCaller caller, Input<ListSessions> request, ISessionService sessions, CancellationToken ct) =>
        TypedResults.Ok(await sessions.List(caller, request, ct));

    private static async Task<Ok<Page<SessionView>>> MySessions(RequestCaller caller, Input<ListMySessions> request, ISessionService sessions, CancellationToken ct) =>
        TypedResults.Ok(await sessions.List(caller, new ListSessions(request.Value.Page), ct));

    private static async Task<Ok<SessionView>> GetSession(RequestCaller caller, Input<GetSession> request, ISessionService sessions, CancellationToken ct) =>
        TypedResults.Ok(await sessions.Get(caller, request, ct));

    private static async Task<Ok<SessionView>> EndSession(RequestCaller caller, Input<EndSession> request, ISessionService sessions, CancellationToken ct) =>
        TypedResults.Ok(await sessions.End(caller, request, ct));

    private static async Task<Ok<SessionsEnded>> SignOutEverywhere(RequestCaller caller, Input<EndMySessions> request, ISessionService sessions, CancellationToken ct) =>
        TypedResults.Ok(await sessions.EndAll(caller, new EndAllSessions(null, request.Value.KeepCurrent), ct));

    private static async Task<Ok<Page<SignInFailureView>>> ListFailures(RequestCaller caller, Input<ListSignInFailures> request, ISessionService sessions, CancellationToken ct) =>
        TypedResults.Ok(await sessions.Failures(caller, request, ct));

    private static async Task<Ok<Page<OperatorView>>> ListOperators(RequestCaller caller, Input<ListOperators> request, IOperatorService operators, CancellationToken ct) =>
        TypedResults.Ok(await operators.List(caller, request, ct));

    private static async Task<Ok<SignInSettings>> GetSettings(RequestCaller caller, Input<GetSignInSettings> request, IOperatorService operators, CancellationToken ct) =>
        TypedResults.Ok(await operators.Settings(caller, request, ct));

    private static async Task<Ok<SignInSettings>> UpdateSettings(RequestCaller caller, Input<UpdateSignInSettings> request, IOperatorService operators, CancellationToken ct) =>
        TypedResults.Ok(await operators.UpdateSettings(caller, request, ct));

    private static async Task<Created<OidcClientSecret>> CreateClient(RequestCaller caller, Input<CreateOidcClient> request, IOidcClientService clients, CancellationToken ct)
    {
        var made = await clients.Create(caller, request, ct);
        return TypedResults.Created((string?)null, made);
    }

    private static async Task<Ok<Page<OidcClientView>>> ListClients(RequestCaller caller, Input<ListOidcClients> request, IOidcClientService clients, CancellationToken ct) =>
        TypedResults.Ok(await clients.List(caller, request, ct));

    private static async Task<Ok<OidcClientView>> DeleteClient(RequestCaller caller, Input<DeleteOidcClient> request, IOidcClientService clients, CancellationToken ct) =>
        TypedResults.Ok(await clients.Delete(caller, request, ct));

    private static async Task<Ok<Page<ConsentView>>> ListConsents(RequestCaller caller, Input<ListConsents> request, IOidcClientService clients, CancellationToken ct) =>
        TypedResults.Ok(await clients.Consents(caller, request, ct));

    private static async Task<Ok<ConsentView>> RevokeConsent(RequestCaller caller, Input<RevokeConsent> request, IOidcClientService clients, CancellationToken ct) =>
        TypedResults.Ok(await clients.RevokeConsent(caller, request, ct));

    /// <summary>How many of one's own, from where.</summary>
    internal sealed record ListMySessions(PageRequest Page);

    /// <summary>Signs out everywhere; here too, unless one says otherwise.</summary>
    internal sealed record EndMySessions(bool KeepCurrent = false);
}
