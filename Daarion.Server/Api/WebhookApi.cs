using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of webhooks out.</summary>
internal static class WebhookApi
{
    private const string Manage = "embassy.webhook.manage";

    public static void Map(ApiFaces faces)
    {
        MapWebhooks(faces.Public, "/webhooks");
        MapWebhooks(faces.Internal, "/embassy/webhook");
        faces.Public.MapGet("/teams/{team_id}/webhooks", ListWebhooks).Asks(Manage);
    }

    private static void MapWebhooks(RouteGroupBuilder face, string at)
    {
        face.MapPost(at, CreateWebhook).Asks(Manage).AnswersSecret();
        face.MapGet(at, ListWebhooks).Asks(Manage);
        face.MapGet($"{at}/{{id}}", GetWebhook).Asks(Manage);
        face.MapPatch($"{at}/{{id}}", UpdateWebhook).Asks(Manage);
        face.MapDelete($"{at}/{{id}}", DeleteWebhook).Asks(Manage);
        face.MapPost($"{at}/{{id}}/secret/rotate", RotateSecret).Asks(Manage).AnswersSecret();
        face.MapPost($"{at}/{{id}}/enable", EnableWebhook).Asks(Manage);
        face.MapPost($"{at}/{{id}}/disable", DisableWebhook).Asks(Manage);
        face.MapPost($"{at}/{{id}}/test", TestWebhook).Asks(Manage);
        face.MapGet($"{at}/{{id}}/messages", ListMessages).Asks(Manage);
        face.MapGet($"{at}/{{id}}/messages/{{message_id}}", GetMessage).Asks(Manage);
        face.MapPost($"{at}/{{id}}/messages/{{message_id}}/replay", ReplayMessage).Asks(Manage);
    }

    private static async Task<Created<WebhookCreated>> CreateWebhook(RequestCaller caller, Input<CreateWebhook> request, IWebhookService webhooks, CancellationToken ct)
    {
        var created = await webhooks.CreateWebhook(caller, request, ct);
        return TypedResults.Created($"/api/v1/webhooks/{created.Id}", created);
    }

    private static async Task<Ok<Page<Webhook>>> ListWebhooks(RequestCaller caller, Input<WebhookQuery> request, IWebhookService webhooks, CancellationToken ct) =>
        TypedResults.Ok(await webhooks.ListWebhooks(caller, request, ct));

    private static async Task<Tagged<Webhook>> GetWebhook(RequestCaller caller, Input<WebhookRef> request, IWebhookService webhooks, CancellationToken ct) =>
        Tag(await webhooks.GetWebhook(caller, request, ct));

    private static async Task<Tagged<Webhook>> UpdateWebhook(RequestCaller caller, Input<UpdateWebhook> request, IWebhookService webhooks, CancellationToken ct) =>
        Tag(await webhooks.UpdateWebhook(caller, request, ct));

    private static async Task<NoContent> DeleteWebhook(RequestCaller caller, Input<WebhookRef> request, IWebhookService webhooks, CancellationToken ct)
    {
        await webhooks.DeleteWebhook(caller, request, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<WebhookSecret>> RotateSecret(RequestCaller caller, Input<RotateWebhookSecret> request, IWebhookService webhooks, CancellationToken ct) =>
        TypedResults.Ok(await webhooks.RotateWebhookSecret(caller, request, ct));

    private static async Task<Tagged<Webhook>> EnableWebhook(RequestCaller caller, Input<WebhookRef> request, IWebhookService webhooks, CancellationToken ct) =>
        Tag(await webhooks.EnableWebhook(caller, request, ct));

    private static async Task<Tagged<Webhook>> DisableWebhook(RequestCaller caller, Input<WebhookRef> request, IWebhookService webhooks, CancellationToken ct) =>
        Tag(await webhooks.DisableWebhook(caller, request, ct));

    private static async Task<Accepted<WebhookMessage>> TestWebhook(RequestCaller caller, Input<WebhookRef> request, IWebhookService webhooks, CancellationToken ct) =>
        TypedResults.Accepted((string?)null, await webhooks.TestWebhook(caller, request, ct));

    private static async Task<Ok<Page<WebhookMessage>>> ListMessages(RequestCaller caller, Input<WebhookMessageQuery> request, IWebhookService webhooks, CancellationToken ct) =>
        TypedResults.Ok(await webhooks.ListWebhookMessages(caller, request, ct));

    private static async Task<Ok<WebhookMessageDetail>> GetMessage(RequestCaller caller, Input<WebhookMessageRef> request, IWebhookService webhooks, CancellationToken ct) =>
        TypedResults.Ok(await webhooks.GetWebhookMessage(caller, request, ct));

    private static async Task<Accepted<WebhookMessage>> ReplayMessage(RequestCaller caller, Input<WebhookMessageRef> request, IWebhookService webhooks, CancellationToken ct) =>
        TypedResults.Accepted((string?)null, await webhooks.ReplayWebhookMessage(caller, request, ct));

    private static Tagged<Webhook> Tag(Webhook webhook) => ETags.Ok(webhook, webhook.Version);
}
