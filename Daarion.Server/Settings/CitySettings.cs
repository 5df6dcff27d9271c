using Daarion.Core.Wallets.Chain;

namespace Daarion.Server.Settings;

/// <summary>The settings of a city, read once at start and checked (contracts: configuration). A secret in it never reaches a log.</summary>
internal sealed record CitySettings
{
    /// <summary>Everything that must survive; an absolute path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The address people use.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Where the public listener binds.</summary>
    public required Uri Listen { get; init; }

    /// <summary>Where the internal listener binds.</summary>
    public required Uri InternalListen { get; init; }

    /// <summary>Connection string of an outside PostgreSQL; null for the embedded one.</summary>
    public string? Postgres { get; init; }

    /// <summary>The folder of the city's own keys; null for the one in the data folder. Processes that share a database share it.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>Address of an outside NATS; null for the embedded one.</summary>
    public string? Nats { get; init; }

    /// <summary>Replicas of each stream.</summary>
    public int NatsReplicas { get; init; } = 1;

    /// <summary>Where mail goes; null for the mail drop in the data folder.</summary>
    public Uri? Smtp { get; init; }

    /// <summary>The first operator's address; with it no setup page exists.</summary>
    public string? AdminEmail { get; init; }

    /// <summary>Requests a minute from one address that neither sign in nor present a key.</summary>
    public int UnauthenticatedPerMinute { get; init; } = 100;

    /// <summary>Requests a second to both listeners together.</summary>
    public int RequestsPerSecond { get; init; } = 20_000;

    /// <summary>Origins of other sites whose pages may call the public API (CORS); none by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Networks of the proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; loopback always is.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The link to an EVM chain; null without one.</summary>
    public ChainSettings? Chain { get; init; }

    /// <summary>Networks that webhooks may call although they are not public.</summary>
    public IReadOnlyList<System.Net.IPNetwork> WebhookNetworks { get; init; } = [];

    /// <summary>Log lines for people (<c>text</c>) or for programs (<c>json</c>).</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>Where OpenTelemetry goes; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Says nothing: some of the settings are secrets.</summary>
    public override string ToString() => nameof(CitySettings);
}
