using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the embassy: the door for platforms, and what operators do about them.</summary>
internal static class EmbassyApi
{
    private const string Read = "city.embassy.read";
    private const string Manage = "city.embassy.manage";

    // Readings of several domains are asked about one by one; the address names the first.
    private static readonly (string Domain, string Capability)[] Entrances =
    [
        (EmbassyDomain.Energy, "embassy.energy.update"),
        (EmbassyDomain.Food, "embassy.food.update"),
        (EmbassyDomain.Water, "embassy.water.update"),
        (EmbassyDomain.Rwa, "embassy.rwa.claim"),
        (EmbassyDomain.Oracle, "embassy.energy.update"),
    ];

    public static void Map(ApiFaces faces)
    {
        foreach (var (domain, capability) in Entrances)
        {
            faces.Root.MapPost($"/embassy/{domain}", Deliver).OnListener(Listener.Public).ProvesItself().WithMetadata(new DeliveryAddress(domain)).Asks(capability).WithTags("Embassy")
                .DescribesItself((operation, document) => DeliveryDescription.Describe(operation, document, domain), DeliveryDescription.Failures);
        }

        MapPlatforms(faces.Internal, "/embassy/platform");
        MapPlatforms(faces.Public, "/embassy/platforms");
        MapIdentities(faces.Internal, "/embassy/identity");
        MapIdentities(faces.Public, "/embassy/identities");
        MapDeliveries(faces.Internal, "/embassy/event");
        MapDeliveries(faces.Public, "/embassy/events");
    }

    private static void MapPlatforms(RouteGroupBuilder face, string at)
    {
        face.MapPost(at, CreatePlatform).Asks(Manage).AnswersSecret();
        face.MapGet(at, ListPlatforms).Asks(Read);
        face.MapGet($"{at}/{{platform}}", GetPlatform).Asks(Read);
        face.MapPatch($"{at}/{{platform}}", UpdatePlatform).Asks(Manage);
        face.MapPost($"{at}/{{platform}}/secret/rotate", RotateSecret).Asks(Manage).AnswersSecret();
        face.MapPost($"{at}/{{platform}}/suspend", Suspend).Asks(Manage);
        face.MapPost($"{at}/{{platform}}/resume", Resume).Asks(Manage);
        face.MapPost($"{at}/{{platform}}/test-reading", SendTestReading).Asks(Manage);
        face.MapGet($"{at}/{{platform}}/snippets", GetSnippets).Asks(Read);
    }

    private static void MapIdentities(RouteGroupBuilder face, string at)
    {
        face.MapPost(at, CreateIdentity).Asks(Manage);
        face.MapGet(at, ListIdentities).Asks(Read);
        face.MapGet($"{at}/{{id}}", GetIdentity).Asks(Read);
        face.MapPost($"{at}/{{id}}/assign", AssignIdentity).Asks(Manage);
    }

    private static void MapDeliveries(RouteGroupBuilder face, string at)
    {
        face.MapGet(at, ListDeliveries).Asks(Read);
        face.MapGet($"{at}/{{id}}", GetDelivery).Asks(Read);
        face.MapPost($"{at}/{{id}}/replay", ReplayDelivery).Asks(Manage);
    }

    /// <summary>202 for what is new, 200 for what was known.</summary>
    private static async Task<Results<Accepted<DeliveryReceipt>, Ok<DeliveryReceipt>>> Deliver(SignedRequest request, EmbassyDoor door, CancellationToken ct)
    {
        var receipt = await door.Accept(request.Delivery, request.Origin, ct);
        return receipt.Status == DeliveryOutcome.Accepted ? TypedResults.Accepted((string?)null, receipt) : TypedResults.Ok(receipt);
    }

    private static async Task<Created<PlatformCreated>> CreatePlatform(RequestCaller caller, Input<CreatePlatform> request, IEmbassyService embassy, CancellationToken ct)
    {
        var created = await embassy.CreatePlatform(caller, request, ct);
        return TypedResults.Created($"/api/v1/embassy/platforms/{created.Platform}", created);
    }

    private static async Task<Ok<Page<Platform>>> ListPlatforms(RequestCaller caller, Input<PageRequest> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.ListPlatforms(caller, request, ct));

    private static async Task<Tagged<Platform>> GetPlatform(RequestCaller caller, Input<PlatformRef> request, IEmbassyService embassy, CancellationToken ct) =>
        Tag(await embassy.GetPlatform(caller, request, ct));

    private static async Task<Tagged<Platform>> UpdatePlatform(RequestCaller caller, Input<UpdatePlatform> request, IEmbassyService embassy, CancellationToken ct) =>
        Tag(await embassy.UpdatePlatform(caller, request, ct));

    private static async Task<Ok<PlatformSecret>> RotateSecret(RequestCaller caller, Input<RotateSecret> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.RotateSecret(caller, request, ct));

    private static async Task<Tagged<Platform>> Suspend(RequestCaller caller, Input<PlatformRef> request, IEmbassyService embassy, CancellationToken ct) =>
        Tag(await embassy.SuspendPlatform(caller, request, ct));

    private static async Task<Tagged<Platform>> Resume(RequestCaller caller, Input<PlatformRef> request, IEmbassyService embassy, CancellationToken ct) =>
        Tag(await embassy.ResumePlatform(caller, request, ct));

    private static async Task<Ok<TestReadingSent>> SendTestReading(RequestCaller caller, Input<SendTestReading> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.SendTestReading(caller, request, ct));

    private static async Task<Ok<PlatformSnippets>> GetSnippets(RequestCaller caller, Input<SnippetsRequest> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.GetSnippets(caller, request, ct));

    private static async Task<Created<SiteIdentity>> CreateIdentity(RequestCaller caller, Input<CreateIdentity> request, IEmbassyService embassy, CancellationToken ct)
    {
        var created = await embassy.CreateIdentity(caller, request, ct);
        return TypedResults.Created($"/api/v1/embassy/identities/{created.Id}", created);
    }

    private static async Task<Ok<Page<SiteIdentity>>> ListIdentities(RequestCaller caller, Input<IdentityQuery> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.ListIdentities(caller, request, ct));

    private static async Task<Tagged<SiteIdentity>> GetIdentity(RequestCaller caller, Input<IdentityRef> request, IEmbassyService embassy, CancellationToken ct) =>
        Tag(await embassy.GetIdentity(caller, request, ct));

    private static async Task<Tagged<SiteIdentity>> AssignIdentity(RequestCaller caller, Input<AssignIdentity> request, IEmbassyService embassy, CancellationToken ct) =>
        Tag(await embassy.AssignIdentity(caller, request, ct));

    private static async Task<Ok<Page<Delivery>>> ListDeliveries(RequestCaller caller, Input<DeliveryQuery> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.ListDeliveries(caller, request, ct));

    private static async Task<Ok<DeliveryDetail>> GetDelivery(RequestCaller caller, Input<DeliveryRef> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.GetDelivery(caller, request, ct));

    private static async Task<Ok<DeliveryReceipt>> ReplayDelivery(RequestCaller caller, Input<DeliveryRef> request, IEmbassyService embassy, CancellationToken ct) =>
        TypedResults.Ok(await embassy.ReplayDelivery(caller, request, ct));

    private static Tagged<Platform> Tag(Platform platform) => ETags.Ok(platform, platform.Version);

    private static Tagged<SiteIdentity> Tag(SiteIdentity identity) => ETags.Ok(identity, identity.Version);
}
