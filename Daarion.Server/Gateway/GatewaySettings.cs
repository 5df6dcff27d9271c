namespace Daarion.Server.Gateway;

/// <summary>The gateway's limits (contracts §5, access §6).</summary>
internal static class GatewaySettings
{
    /// <summary>Bytes of a body.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Bytes of the request line; of all headers; number of headers.</summary>
    public const int MaxRequestLineBytes = 8 * 1024;

    public const int MaxHeaderBytes = 32 * 1024;

    public const int MaxHeaders = 100;

    /// <summary>Addresses whose unauthenticated requests are counted at once; beyond, the oldest are forgotten.</summary>
    public const int MaxCountedAddresses = 100_000;
}
