using Daarion.Core.Kernel;
using Microsoft.OpenApi;
namespace Daarion.Server.Gateway;

/// <summary>
/// The two faces on which a service's operations are mapped: the public one (<c>/api/v1</c>, acts as the signed-in person) and the
/// internal one (<c>/internal/v1</c>, acts as a service key, optionally for a person). Each answers on its own listener only.
/// </summary>
/// <param name="Root">For the few addresses outside both: <c>/embassy</c>, <c>/pdp</c>, <c>/auth</c>. Whoever maps there states the listener with <see cref="EndpointMarks.OnListener{TBuilder}"/>.</param>
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

/// <summary>The endpoint takes callers who have not signed in; its operation verifies a proof of its own (a code, a link, a signature).</summary>
/// <param name="OnlyFailuresCount">True where a good proof does not use up the address's budget of unauthenticated requests: signed deliveries.</param>
internal sealed record VisitorMetadata(bool OnlyFailuresCount);

/// <summary>The endpoint's answer holds a secret that is shown once: it is never kept for a replay.</summary>
internal sealed record SecretAnswerMetadata;

/// <summary>An endpoint that reads its request itself, and so has to say itself what it takes and how it fails.</summary>
/// <param name="Describe">Adds body, headers and security.</param>
/// <param name="Failures">Every code it can answer.</param>
internal sealed record OwnDescriptionMetadata(Action<OpenApiOperation, OpenApiDocument?> Describe, IReadOnlyList<ErrorCode> Failures);

/// <summary>The endpoint is for probes and assets: it needs no caller and has no budget.</summary>
internal sealed record UnmeteredMetadata;

internal static class EndpointMarks
{
    public static TBuilder OnListener<TBuilder>(this TBuilder builder, Listener listener)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ListenerMetadata(listener));

    /// <summary>States the capability that the operation behind the endpoint asks the PDP for.</summary>
    public static TBuilder Asks<TBuilder>(this TBuilder builder, string capability)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new CapabilityMetadata(capability));

    /// <summary>Lets visitors in: <see cref="RequestCaller"/> is then an anonymous caller instead of a refusal.</summary>
    public static TBuilder AllowsVisitors<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new VisitorMetadata(OnlyFailuresCount: false));

    /// <summary>Lets in whoever signs the request: only a refused signature (<c>unauthenticated</c>) uses up the address's budget.</summary>
    public static TBuilder ProvesItself<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new VisitorMetadata(OnlyFailuresCount: true));

    /// <summary>States that the answer holds a secret which is shown once.</summary>
    public static TBuilder AnswersSecret<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new SecretAnswerMetadata());

    /// <summary>States what the endpoint takes, where it reads the request itself.</summary>
    public static TBuilder DescribesItself<TBuilder>(this TBuilder builder, Action<OpenApiOperation, OpenApiDocument?> describe, params IReadOnlyList<ErrorCode> failures)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OwnDescriptionMetadata(describe, failures));

    /// <summary>For probes, documents and assets.</summary>
    public static TBuilder Unmetered<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new UnmeteredMetadata());
}
