using System.Globalization;
using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>A problem as callers read it (RFC 9457 with the city's members, contracts §5).</summary>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Instance,
    string Code,
    string RequestId,
    string? Reason,
    string? DecisionId,
    IReadOnlyDictionary<string, string[]>? Errors);

/// <summary>The one mapping of failures to problem details.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    private static readonly JsonSerializerOptions Json = new(CityJson.Options) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The status of each code.</summary>
    public static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        ErrorCode.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorCode.InvalidPayload => StatusCodes.Status400BadRequest,
        ErrorCode.PayloadTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorCode.NotFound => StatusCodes.Status404NotFound,
        ErrorCode.Conflict => StatusCodes.Status409Conflict,
        ErrorCode.IdempotencyMismatch => StatusCodes.Status422UnprocessableEntity,
        ErrorCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Answers with the problem of a failure.</summary>
    public static Task Write(HttpContext http, CityException failure)
    {
        if (failure.Code == ErrorCode.Unauthenticated)
        {
            // A token that was presented and refused is told apart from one that is missing (RFC 6750).
            http.Response.Headers.WWWAuthenticate = BearerToken.TryRead(http.Request, out _)
                ? "Bearer realm=\"daarion\", error=\"invalid_token\""
                : "Bearer realm=\"daarion\"";
        }

        if (failure.Code is ErrorCode.RateLimited or ErrorCode.Unavailable)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling((failure.RetryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            if (failure.Code == ErrorCode.RateLimited)
            {
                http.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{failure.Reason ?? "default"}\";r=0;t={seconds}");
            }
        }

        return Write(http, StatusOf(failure.Code), Words.Of(failure.Code), TitleOf(failure.Code), failure.Message, failure);
    }

    /// <summary>Answers for a method the address does not take.</summary>
    public static Task WriteMethodNotAllowed(HttpContext http) => Write(
        http, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "Method not allowed", $"This address does not take {http.Request.Method}; it takes {Allowed(http)}.", null);

    private static async Task Write(HttpContext http, int status, string code, string title, string detail, CityException? failure)
    {
        http.Response.StatusCode = status;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var problem = new Problem(
            $"urn:daarion:problem:{code}",
            title,
            status,
            detail,
            http.Request.Path.ToUriComponent(),
            code,
            RequestOrigin.Of(http).Origin.RequestId,
            failure?.Reason,
            failure?.DecisionId,
            failure is { Errors.Count: > 0 } ? failure.Errors : null);
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsJsonAsync(problem, Json, ContentType, http.RequestAborted);
    }

    private static string Allowed(HttpContext http) => http.Response.Headers.Allow is { Count: > 0 } allow ? allow.ToString() : "other methods";

    /// <summary>The title of each code.</summary>
    public static string TitleOf(ErrorCode code) => code switch
    {
        ErrorCode.Unauthenticated => "Not signed in",
        ErrorCode.Forbidden => "Not allowed",
        ErrorCode.RateLimited => "Too many requests",
        ErrorCode.InvalidPayload => "The request is not valid",
        ErrorCode.PayloadTooLarge => "The body is too large",
        ErrorCode.UnsupportedMediaType => "The body is not JSON",
        ErrorCode.NotFound => "Not found",
        ErrorCode.Conflict => "The state does not allow it",
        ErrorCode.IdempotencyMismatch => "The idempotency key was used for another request",
        ErrorCode.Unavailable => "Not available at the moment",
        _ => "Something went wrong on our side",
    };
}
