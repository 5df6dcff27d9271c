using System.Globalization;
using Daarion.Core.Kernel;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using System.Reflection;

namespace Daarion.Server.Gateway;

/// <summary>Versions of resources as entity tags: <c>"7"</c>.</summary>
internal static class ETags
{
    /// <summary>The tag of a version.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version an <c>If-Match</c> asks for; null for <c>*</c>.</summary>
    /// <exception cref="CityException"><c>conflict</c> for a tag that no version of ours has.</exception>
    public static long? Version(StringValues tags)
    {
        var tag = tags.ToString().Trim();
        if (tag == "*")
        {
            return null;
        }

        tag = tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
        return tag is ['"', .. var inner, '"'] && long.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw CityException.Conflict("It was changed in the meantime: If-Match names no version of it. Read it again.", "stale_version");
    }

    /// <summary>200 with the resource and its tag; 304 where the caller has this version already.</summary>
    public static Tagged<T> Ok<T>(T resource, long version) => new(resource, version);
}

/// <summary>A resource with its version as <c>ETag</c>.</summary>
internal sealed class Tagged<T>(T resource, long version) : IResult, IEndpointMetadataProvider, IValueHttpResult<T>
{
    public T? Value => resource;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var tag = ETags.Of(version);
        httpContext.Response.Headers.ETag = tag;
        if (HttpMethods.IsGet(httpContext.Request.Method) && httpContext.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await TypedResults.Ok(resource).ExecuteAsync(httpContext);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.Metadata.Add(new ETagMetadata());
    }
}

/// <summary>The endpoint's answer carries an <c>ETag</c>.</summary>
internal sealed record ETagMetadata;
