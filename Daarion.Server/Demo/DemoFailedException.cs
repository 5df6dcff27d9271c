using System.Net;

namespace Daarion.Server.Demo;

/// <summary>The city did not do what the demonstration asked of it.</summary>
internal sealed class DemoFailedException(string message, HttpStatusCode? status = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True where the city is away or overloaded, and asking again later makes sense.</summary>
    public bool IsPassing => status is null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}
