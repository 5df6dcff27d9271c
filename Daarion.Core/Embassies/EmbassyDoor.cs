using System.Diagnostics;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>
/// The embassy's entrance: finds out who really sends, and only then opens the operation in that platform's name. An unknown platform, a bad
/// signature and a stale one get the same answer in the same time. What is refused is kept for the console.
/// </summary>
public sealed class EmbassyDoor
{
    private readonly IEmbassyDeliveries deliveries;
    private readonly PlatformDirectory platforms;
    private readonly PlatformRates rates;
    private readonly RejectionLog rejections;
    private readonly TimeProvider clock;

    internal EmbassyDoor(IEmbassyDeliveries deliveries, PlatformDirectory platforms, PlatformRates rates, RejectionLog rejections, TimeProvider clock) =>
        (this.deliveries, this.platforms, this.rates, this.rejections, this.clock) = (deliveries, platforms, rates, rejections, clock);

    /// <summary>Accepts a signed delivery.</summary>
    /// <exception cref="CityException"><c>unauthenticated</c>; what <see cref="IEmbassyDeliveries.Accept"/> refuses.</exception>
    public async Task<DeliveryReceipt> Accept(SignedDelivery delivery, Origin origin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var platform = await platforms.Find(delivery.Platform, ct);
        var state = DeliverySignature.Check(delivery, platform?.Current, platform?.PreviousAt(now), now);
        if (state is not (SignatureState.Valid or SignatureState.ValidPrevious))
        {
            if (!string.IsNullOrEmpty(delivery.Platform))
            {
                rejections.Note(Rejection.Unsigned(delivery, state, TraceId));
            }

            throw new CityException(
                ErrorCode.Unauthenticated,
                "The delivery is not signed by a platform of this city: check X-Platform-Id, the clock (at most 5 minutes off), the secret, and that the raw body is signed.");
        }

        return await InItsName(platform!, new VerifiedDelivery(delivery.Domain, delivery.Body, state, delivery.WebhookId), origin, ct);
    }

    /// <summary>Brings a delivery that was verified before through the acceptance again.</summary>
    internal async Task<DeliveryReceipt> Again(string platform, VerifiedDelivery delivery, Origin origin, CancellationToken ct) =>
        await InItsName(await platforms.Find(platform, ct) ?? throw CityException.NotFound("platform"), delivery, origin, ct);

    private static string? TraceId => Activity.Current?.TraceId.ToHexString();

    private async Task<DeliveryReceipt> InItsName(KnownPlatform platform, VerifiedDelivery delivery, Origin origin, CancellationToken ct)
    {
        try
        {
            rates.Take(platform.Name, delivery.Domain, platform.RatePerMinute);
            return await deliveries.Accept(Caller.ForPlatform(platform.Name, origin), delivery, ct);
        }
        catch (CityException e) when (e.Code is not (ErrorCode.Unavailable or ErrorCode.InternalError))
        {
            rejections.Note(Rejection.Signed(platform.Name, delivery, e, TraceId));
            throw;
        }
    }
}
