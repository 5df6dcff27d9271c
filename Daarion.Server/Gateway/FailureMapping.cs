using System.Net.Sockets;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using NATS.Client.Core;
using Npgsql;

namespace Daarion.Server.Gateway;

/// <summary>Turns whatever a request threw into a failure of the city's; what no rule here knows is a bug.</summary>
internal static class FailureMapping
{
    public static CityException ToFailure(this Exception exception) => exception switch
    {
        CityException city => city,
        BadHttpRequestException bad => Of(bad),
        DbUpdateException { InnerException: { } inner } => inner.ToFailure(),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => CityException.Conflict("Something like it is there already."),
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable } =>
            CityException.Unavailable("Others change the same thing at this moment; try again."),
        DbUpdateConcurrencyException => CityException.Conflict("It was changed by somebody else in the meantime; read it again."),
        NpgsqlException e when IsOutage(e) => CityException.Unavailable("The database cannot be reached at the moment.", TimeSpan.FromSeconds(2), e),
        // EF Core wraps what it takes for transient: a server that is gone, or that answers that it is just starting.
        InvalidOperationException { InnerException: { } inner } when inner is NpgsqlException or TimeoutException => inner.ToFailure(),
        NatsException e => CityException.Unavailable("The event streams cannot be reached at the moment.", TimeSpan.FromSeconds(2), e),
        TimeoutException e => CityException.Unavailable("It took too long; try again.", cause: e),
        _ => new CityException(ErrorCode.InternalError, "Something went wrong on our side. The operators find it in their logs under the request's id.", exception),
    };

    private static CityException Of(BadHttpRequestException bad) => bad switch
    {
        { InnerException: System.Text.Json.JsonException json } => JsonFailures.Of(json, null),
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(ErrorCode.PayloadTooLarge, "The body is larger than 1 MiB."),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new(ErrorCode.UnsupportedMediaType, "Send JSON, with Content-Type: application/json."),
        _ => JsonFailures.OfBinding(bad.Message),
    };

    // A server that is starting, stopping or out of connections is an outage too, although it answers.
    private static bool IsOutage(NpgsqlException e) => e is not PostgresException postgres
        ? e.IsTransient || e.InnerException is SocketException or IOException or TimeoutException
        : postgres.SqlState.StartsWith("57P", StringComparison.Ordinal) || postgres.SqlState.StartsWith("08", StringComparison.Ordinal)
            || postgres.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DiskFull or PostgresErrorCodes.QueryCanceled;
}
