namespace Daarion.Core.Kernel;

/// <summary>The seventeen services of the seed, by the name of their schema, module and telemetry.</summary>
public static class ServiceName
{
    /// <summary>Users, teams, memberships (seed 4.1).</summary>
    public const string Teams = "teams";

    /// <summary>Wallets and payouts (seed 4.7).</summary>
    public const string Wallets = "wallet";

    /// <summary>Inventory of energy, food and water (seed 4.8).</summary>
    public const string Rwa = "rwa";

    /// <summary>Signed webhooks of outside platforms (seed 4.9).</summary>
    public const string Embassies = "embassy";

    /// <summary>Readings, normalised (seed 4.10).</summary>
    public const string Oracles = "oracles";

    /// <summary>Capabilities, bundles, plans (seed 4.12).</summary>
    public const string Capabilities = "capabilities";

    /// <summary>Usage, quotas, rates (seed 4.13).</summary>
    public const string Usage = "usage";

    /// <summary>Events on their way to the streams (seed 4.14).</summary>
    public const string Outbox = "outbox";

    /// <summary>Figures, traces, the audit log (seed 4.15).</summary>
    public const string Telemetry = "telemetry";

    /// <summary>Sign-in, sessions, service keys (seed 4.16).</summary>
    public const string Auth = "auth";

    /// <summary>Proposals, votes, policies (seed 4.11).</summary>
    public const string Governance = "governance";

    /// <summary>The services that this city runs.</summary>
    public static readonly IReadOnlyList<string> All = [Teams, Wallets, Rwa, Embassies, Oracles, Capabilities, Usage, Outbox, Telemetry, Auth, Governance];
}
