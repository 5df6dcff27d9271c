using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of access keys.</summary>
internal static class AccessKeysApi
{
    public static void Map(ApiFaces faces)
    {
        var keys = faces.Internal.MapGroup("/access-key");
        keys.MapPost("/", Create).Asks("access_key.create").AnswersSecret();
        keys.MapGet("/", List).Asks("access_key.read");
        keys.MapGet("/{id}", Get).Asks("access_key.read");
        keys.MapPost("/{id}/rotate", Rotate).Asks("access_key.rotate").AnswersSecret();
        keys.MapPost("/{id}/revoke", Revoke).Asks("access_key.revoke");
        keys.MapPost("/{id}/resume", Resume).Asks("access_key.revoke");

        faces.Public.MapPost("/teams/{team_id}/keys", Create).Asks("access_key.create").AnswersSecret();
        faces.Public.MapGet("/teams/{team_id}/keys", List).Asks("access_key.read");
        faces.Public.MapGet("/keys/{id}", Get).Asks("access_key.read");
        faces.Public.MapPost("/keys/{id}/rotate", Rotate).Asks("access_key.rotate").AnswersSecret();
        faces.Public.MapPost("/keys/{id}/revoke", Revoke).Asks("access_key.revoke");
        faces.Public.MapPost("/keys/{id}/resume", Resume).Asks("access_key.revoke");
    }

    private static async Task<Created<AccessKeySecret>> Create(HttpContext http, RequestCaller caller, Input<CreateAccessKey> request, IAccessKeyService keys, CancellationToken ct)
    {
        var made = await keys.Create(caller, request, ct);
        return TypedResults.Created(http.Listener() == Listener.Public ? $"/api/v1/keys/{made.Id}" : $"/internal/v1/access-key/{made.Id}", made);
    }

    private static async Task<Ok<Page<AccessKeyView>>> List(RequestCaller caller, Input<ListAccessKeys> request, IAccessKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.List(caller, request, ct));

    private static async Task<Ok<AccessKeyView>> Get(RequestCaller caller, Input<GetAccessKey> request, IAccessKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Get(caller, request, ct));

    private static async Task<Ok<AccessKeySecret>> Rotate(RequestCaller caller, Input<RotateAccessKey> request, IAccessKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Rotate(caller, request, ct));

    private static async Task<Ok<AccessKeyView>> Revoke(RequestCaller caller, Input<RevokeAccessKey> request, IAccessKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Revoke(caller, request, ct));

    private static async Task<Ok<AccessKeyView>> Resume(RequestCaller caller, Input<ResumeAccessKey> request, IAccessKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.Resume(caller, request, ct));
}
