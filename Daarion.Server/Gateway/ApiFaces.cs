namespace Daarion.Server.Gateway;

/// <summary>
/// The two faces on which a service's operations are mapped: the public one (<c>/api/v1</c>, acts as the signed-in person) and the
/// internal one (<c>/internal/v1</c>, acts as a service key, optionally for a person). Each answers on its own listener only.
/// </summary>
/// <param name="Root">For the few addresses outside both: <c>/embassy</c>, <c>/pdp</c>, <c>/auth</c>. Whoever maps there states the listener with <see cref="ListenerExtensions.OnListener{TBuilder}"/>.</param>
/// <param name="Public"><c>/api/v1</c>.</param>
/// <param name="Internal"><c>/internal/v1</c>.</param>
internal sealed record ApiFaces(IEndpointRouteBuilder Root, RouteGroupBuilder Public, RouteGroupBuilder Internal);

/// <summary>The two listeners (contracts §1).</summary>
internal enum Listener
{
    Public,
    Internal,
}

/// <summary>Which listener an endpoint answers on; on the other it does not exist.</summary>
internal sealed record ListenerMetadata(Listener Listener);

/// <summary>The capability an endpoint's operation asks for, for the OpenAPI document's <c>x-daarion-capability</c>.</summary>
internal sealed record CapabilityMetadata(string Capability);

internal static class ListenerExtensions
{
    public static TBuilder OnListener<TBuilder>(this TBuilder builder, Listener listener)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ListenerMetadata(listener));

    /// <summary>States the capability that the operation behind the endpoint asks the PDP for.</summary>
    public static TBuilder Asks<TBuilder>(this TBuilder builder, string capability)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new CapabilityMetadata(capability));
}
