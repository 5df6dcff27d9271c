using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;

namespace Daarion.Server.Api;

/// <summary>What the deliveries to an address are about.</summary>
internal sealed record DeliveryAddress(string Domain);

/// <summary>A delivery as it came over HTTP: the headers as they were and the raw body, read once. What the content type says does not matter: the signature is over the bytes.</summary>
internal sealed record SignedRequest(SignedDelivery Delivery, Origin Origin)
{
    public static async ValueTask<SignedRequest> BindAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var webhookId = One(headers, "webhook-id");
        return new(
            new SignedDelivery(
                One(headers, "X-Platform-Id"),
                http.GetEndpoint()!.Metadata.GetRequiredMetadata<DeliveryAddress>().Domain,
                One(headers, webhookId is null ? "X-Timestamp" : "webhook-timestamp"),
                One(headers, webhookId is null ? "X-Signature" : "webhook-signature"),
                webhookId,
                await InputReader.ReadWhole(http.Request)),
            RequestOrigin.Of(http));
    }

    private static string? One(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var values) && values is [{ Length: > 0 and <= 1024 } one] ? one : null;
}
