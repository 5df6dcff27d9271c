namespace Daarion.Server.Embedded;

/// <summary>
/// Where the city's NATS is. Known only once the embedded one runs, so it is set by the host before anything asks; it then stays the same
/// for the life of the process, also over restarts of the embedded server.
/// </summary>
internal sealed class NatsAddress
{
    private string? url;

    /// <summary>True once it was set.</summary>
    public bool IsKnown => url is not null;

    /// <summary><c>nats://user:secret@host:port</c>; several with commas between.</summary>
    /// <exception cref="InvalidOperationException">It was not set yet.</exception>
    public string Url
    {
        get => url ?? throw new InvalidOperationException("The address of NATS is not known yet");
        set => url = value;
    }
}
