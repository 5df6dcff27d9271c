using System.Collections.ObjectModel;

namespace Daarion.Core.Kernel;

/// <summary>The codes of the city's failures; each has one HTTP status (contracts: errors).</summary>
public enum ErrorCode
{
    /// <summary>401: no or bad session, key or token.</summary>
    Unauthenticated,

    /// <summary>403: the PDP said no; the exception carries its reason and decision.</summary>
    Forbidden,

    /// <summary>429: a rate limit.</summary>
    RateLimited,

    /// <summary>400: malformed JSON, schema, wrong id, wrong enum, too large a value.</summary>
    InvalidPayload,

    /// <summary>413: the body is larger than the listener takes.</summary>
    PayloadTooLarge,

    /// <summary>415: not JSON where JSON is asked.</summary>
    UnsupportedMediaType,

    /// <summary>404: absent, or not visible to this caller; which of the two is never told.</summary>
    NotFound,

    /// <summary>409: the state does not allow it.</summary>
    Conflict,

    /// <summary>422: the same idempotency key with a different request.</summary>
    IdempotencyMismatch,

    /// <summary>503: a dependency is down or a bulkhead is full.</summary>
    Unavailable,

    /// <summary>500: a bug.</summary>
    InternalError,
}

/// <summary>
/// A failure that a caller may know about. Mapped once to problem details (RFC 9457) at the HTTP entrance and once to a
/// message in the console. <see cref="Exception.Message"/> is the <c>detail</c>: it names what is wrong and the way out, never a secret.
/// </summary>
public sealed class CityException : Exception
{
    private static readonly ReadOnlyDictionary<string, string[]> NoErrors = new(new Dictionary<string, string[]>(StringComparer.Ordinal));

    /// <summary>A failure with a code and a sentence for the caller.</summary>
    public CityException(ErrorCode code, string detail, Exception? cause = null)
        : base(detail, cause) => Code = code;

    /// <summary>The code, which gives the HTTP status.</summary>
    public ErrorCode Code { get; }

    /// <summary>The machine-readable reason beside the code: one of the PDP's for a refusal (<c>quota_exceeded</c>), or a rule's (<c>insufficient_funds</c>).</summary>
    public string? Reason { get; init; }

    /// <summary>The decision of the PDP behind a refusal.</summary>
    public string? DecisionId { get; init; }

    /// <summary>When it makes sense to try again, for <c>rate_limited</c> and <c>unavailable</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What is wrong with each field of a bad input.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = NoErrors;

    /// <summary>Bad input in one field: names the field and the way out.</summary>
    public static CityException Invalid(string field, string message) => new(ErrorCode.InvalidPayload, $"{field}: {message}")
    {
        Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] },
    };

    /// <summary>The same bad input by the names that its fields have for the caller.</summary>
    public CityException Named(Func<string, string> field)
    {
        var errors = Errors.ToDictionary(error => field(error.Key), error => error.Value, StringComparer.Ordinal);
        return new(Code, errors.Count == 0 ? Message : $"{errors.First().Key}: {errors.First().Value[0]}", this) { Reason = Reason, Errors = errors };
    }

    /// <summary>Absent, or not visible to this caller.</summary>
    public static CityException NotFound(string what) => new(ErrorCode.NotFound, $"There is no such {what}, or you may not see it.");

    /// <summary>The state does not allow it.</summary>
    public static CityException Conflict(string detail, string? reason = null) => new(ErrorCode.Conflict, detail) { Reason = reason };

    /// <summary>A dependency is down.</summary>
    public static CityException Unavailable(string detail, TimeSpan? retryAfter = null, Exception? cause = null) =>
        new(ErrorCode.Unavailable, detail, cause) { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };
}
