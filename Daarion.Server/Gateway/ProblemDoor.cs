using System.Globalization;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>The outermost floor: gives the request its id, and every failure its one form.</summary>
internal sealed class ProblemDoor(RequestDelegate next, TimeProvider clock, ILogger<ProblemDoor> log)
{
    // What the client gave up on has nobody to answer to; the number is nginx's.
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext http)
    {
        http.TraceIdentifier = Ulid.NewUlid(clock.GetUtcNow()).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant();
        try
        {
            await next(http);
            if (!http.Response.HasStarted && IsBare(http))
            {
                await AnswerBare(http);
            }
        }
        catch (Exception e)
        {
            await Answer(http, e, log);
        }
    }

    /// <summary>Answers with the problem of an exception, where an answer is still possible.</summary>
    public static async Task Answer(HttpContext http, Exception exception, ILogger log)
    {
        if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = ClientClosedRequest;
            return;
        }

        var failure = IsUnreadableForm(http, exception) ? CityException.Invalid("body", "This form cannot be read: a name or value in it is not valid text, or it ends too early.") : exception.ToFailure();
        if (failure.Code == ErrorCode.InternalError)
        {
            log.LogError(exception, "{Method} {Path} failed: {RequestId}", http.Request.Method, http.Request.Path, RequestOrigin.Of(http).Origin.RequestId);
        }
        else if (failure.Code == ErrorCode.Unavailable && failure.InnerException is { } cause)
        {
            log.LogWarning("{Method} {Path} is unavailable: {Cause}", http.Request.Method, http.Request.Path, cause.Message);
        }

        if (http.Response.HasStarted)
        {
            // Part of an answer is out; only a broken connection tells the caller that it is not whole.
            http.Abort();
            return;
        }

        var cookies = http.Response.Headers.SetCookie;
        http.Response.Clear();
        http.Response.Headers.SetCookie = cookies;
        await Problems.Write(http, failure);
    }

    // Forms are read by whoever needs them first: sign-in, OpenID Connect, the console. What the reader cannot read is the sender's fault.
    private static bool IsUnreadableForm(HttpContext http, Exception exception) =>
        http.Request.HasFormContentType && exception is InvalidDataException or IOException { InnerException: null } and not BadHttpRequestException;

    // Statuses that ASP.NET itself answers without a body: nothing there, wrong method, wrong type.
    private static bool IsBare(HttpContext http) =>
        http.Response.StatusCode is >= 400 and < 600 && http.Response.ContentLength is null or 0 && string.IsNullOrEmpty(http.Response.ContentType);

    private static Task AnswerBare(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problems.Write(http, new(ErrorCode.NotFound, "There is nothing at this address.")),
        StatusCodes.Status405MethodNotAllowed => Problems.WriteMethodNotAllowed(http),
        StatusCodes.Status413PayloadTooLarge => Problems.Write(http, new(ErrorCode.PayloadTooLarge, "The body is larger than 1 MiB.")),
        StatusCodes.Status415UnsupportedMediaType => Problems.Write(http, new(ErrorCode.UnsupportedMediaType, "Send JSON, with Content-Type: application/json.")),
        StatusCodes.Status401Unauthorized => Problems.Write(http, new(ErrorCode.Unauthenticated, "Sign in, or present a key, to call this.")),
        StatusCodes.Status403Forbidden => Problems.Write(http, new(ErrorCode.Forbidden, "You may not do this.")),
        StatusCodes.Status400BadRequest => Problems.Write(http, new(ErrorCode.InvalidPayload, "The request cannot be read.")),
        _ => Task.CompletedTask,
    };
}
