using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The capability registry.</summary>
internal static class CapabilitiesApi
{
    private const string Read = "capability.read";
    private const string Manage = "city.capability.manage";
    private const string Check = "capability.check";

    public static void Map(ApiFaces faces)
    {
        faces.Internal.MapGet("/capability", List).Asks(Read);
        faces.Internal.MapGet("/capability/{code}", Get).Asks(Read);
        faces.Internal.MapGet("/bundle", ListBundles).Asks(Read);
        faces.Internal.MapGet("/bundle/{name}", GetBundle).Asks(Read);
        faces.Internal.MapGet("/plan", ListPlans).Asks(Read);
        faces.Internal.MapGet("/plan/{plan}", GetPlan).Asks(Read);
        faces.Internal.MapGet("/registry", GetRegistry).Asks(Read);
        faces.Internal.MapGet("/registry/versions", ListVersions).Asks(Read);
        faces.Internal.MapGet("/registry/diff", GetDiff).Asks(Read);
        faces.Internal.MapGet("/who-can", WhoCan).Asks(Read);
        faces.Internal.MapGet("/what-can/{subject}", WhatCan).Asks(Read);

        faces.Internal.MapPost("/capability", Create).Asks(Manage);
        faces.Internal.MapPut("/bundle/{name}/caps", PutCaps).Asks(Manage);
        faces.Internal.MapPut("/plan/{plan}/entitlements", PutEntitlements).Asks(Manage);
        faces.Internal.MapPost("/registry/check", CheckChange).Asks(Check);
        faces.Internal.MapPost("/registry/simulate", Simulate).Asks(Check);

        faces.Public.MapPost("/capabilities", Create).Asks(Manage);
        faces.Public.MapPut("/bundles/{name}/caps", PutCaps).Asks(Manage);
        faces.Public.MapPut("/plans/{plan}/entitlements", PutEntitlements).Asks(Manage);
        faces.Public.MapPost("/registry/check", CheckChange).Asks(Check);
        faces.Public.MapPost("/registry/simulate", Simulate).Asks(Check);

        faces.Public.MapGet("/capabilities", List).Asks(Read);
        faces.Public.MapGet("/capabilities/{code}", Get).Asks(Read);
        faces.Public.MapGet("/bundles", ListBundles).Asks(Read);
        faces.Public.MapGet("/bundles/{name}", GetBundle).Asks(Read);
        faces.Public.MapGet("/plans", ListPlans).Asks(Read);
        faces.Public.MapGet("/plans/{plan}", GetPlan).Asks(Read);
        faces.Public.MapGet("/registry", GetRegistry).Asks(Read);
        faces.Public.MapGet("/registry/versions", ListVersions).Asks(Read);
        faces.Public.MapGet("/registry/diff", GetDiff).Asks(Read);
        faces.Public.MapGet("/who-can", WhoCan).Asks(Read);
        faces.Public.MapGet("/what-can/{subject}", WhatCan).Asks(Read);
    }

    private static async Task<Ok<Page<CapabilityView>>> List(RequestCaller caller, Input<CapabilityFilter> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.ListCapabilities(caller, request, ct));

    private static async Task<Ok<CapabilityDetail>> Get(RequestCaller caller, Input<CapabilityRequest> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.GetCapability(caller, request, ct));

    private static async Task<Ok<Page<BundleView>>> ListBundles(RequestCaller caller, Input<BundleFilter> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.ListBundles(caller, request, ct));

    private static async Task<Tagged<BundleDetail>> GetBundle(RequestCaller caller, Input<BundleRequest> request, ICapabilityService capabilities, CancellationToken ct)
    {
        var bundle = await capabilities.GetBundle(caller, request, ct);
        return ETags.Ok(bundle, bundle.Version);
    }

    private static async Task<Ok<Page<PlanView>>> ListPlans(RequestCaller caller, Input<PlansRequest> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.ListPlans(caller, request, ct));

    private static async Task<Ok<PlanView>> GetPlan(RequestCaller caller, Input<PlanRequest> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.GetPlan(caller, request, ct));

    private static async Task<Ok<RegistryOverview>> GetRegistry(RequestCaller caller, Input<RegistryRequest> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.GetRegistry(caller, request, ct));

    private static async Task<Ok<Page<RegistryVersionView>>> ListVersions(RequestCaller caller, Input<VersionsRequest> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.ListVersions(caller, request, ct));

    private static async Task<Ok<RegistryDiff>> GetDiff(RequestCaller caller, Input<RegistryRange> request, ICapabilityService capabilities, CancellationToken ct) =>
        TypedResults.Ok(await capabilities.GetDiff(caller, request, ct));

    private static async Task<Created<CapabilityView>> Create(RequestCaller caller, Input<CreateCapability> request, IRegistryService registry, CancellationToken ct)
    {
        var capability = await registry.CreateCapability(caller, request, ct);
        return TypedResults.Created($"/api/v1/capabilities/{capability.Code}", capability);
    }

    private static async Task<Tagged<BundleDetail>> PutCaps(RequestCaller caller, Input<PutBundleCaps> request, IRegistryService registry, CancellationToken ct)
    {
        var bundle = await registry.PutBundleCaps(caller, request, ct);
        return ETags.Ok(bundle, bundle.Version);
    }

    private static async Task<Ok<PlanView>> PutEntitlements(RequestCaller caller, Input<PutPlanEntitlements> request, IRegistryService registry, CancellationToken ct) =>
        TypedResults.Ok(await registry.PutPlanEntitlements(caller, request, ct));

    private static async Task<Ok<RegistryCheck>> CheckChange(RequestCaller caller, Input<CheckChange> request, IRegistryService registry, CancellationToken ct) =>
        TypedResults.Ok(await registry.CheckChange(caller, request, ct));

    private static async Task<Ok<Simulation>> Simulate(RequestCaller caller, Input<SimulateChange> request, IRegistryService registry, CancellationToken ct) =>
        TypedResults.Ok(await registry.Simulate(caller, request, ct));

    private static async Task<Ok<Page<SubjectAccess>>> WhoCan(RequestCaller caller, Input<WhoCan> request, IAccessReviewService review, CancellationToken ct) =>
        TypedResults.Ok(await review.WhoCan(caller, request, ct));

    private static async Task<Ok<Page<HeldCapability>>> WhatCan(RequestCaller caller, Input<WhatCan> request, IAccessReviewService review, CancellationToken ct) =>
        TypedResults.Ok(await review.WhatCan(caller, request, ct));
}
