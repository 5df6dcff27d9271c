using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>Which listener a connection came in by. Set when the connection is accepted: nothing a caller sends can change it.</summary>
internal sealed record ListenerFeature(Listener Listener);

/// <summary>
/// Keeps the two listeners apart (contracts §1): each has a list of the addresses that exist on it, and an endpoint that is marked for
/// one does not exist on the other, whatever the <c>Host</c> header says.
/// </summary>
internal static class ListenerDoor
{
    private static readonly PathString[] OnlyInternal = ["/internal", "/pdp", "/metrics", "/openapi/internal.json"];
    private static readonly PathString[] AlsoInternal = ["/health"];

    /// <summary>The listener of a request.</summary>
    public static Listener Listener(this HttpContext http) =>
        http.Features.Get<ListenerFeature>()?.Listener ?? throw new InvalidOperationException("The connection came in by no listener of the city");

    /// <summary>Closes the door to addresses of the other listener.</summary>
    public static IApplicationBuilder UseListenerDoor(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var isInternal = Has(OnlyInternal, http.Request.Path);
        var exists = http.Listener() == Gateway.Listener.Internal ? isInternal || Has(AlsoInternal, http.Request.Path) : !isInternal;
        return exists ? next(http) : throw NothingHere();
    });

    /// <summary>After routing: an endpoint marked for the other listener does not exist either.</summary>
    public static IApplicationBuilder UseListenerMarks(this IApplicationBuilder app) => app.Use((http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ListenerMetadata>() is { } mark && mark.Listener != http.Listener() ? throw NothingHere() : next(http));

    private static bool Has(PathString[] prefixes, PathString path) => Array.Exists(prefixes, prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    private static CityException NothingHere() => new(ErrorCode.NotFound, "There is nothing at this address.");
}
