namespace Daarion.Tests.Unit.Policy.Differential;

/// <summary>A grant of a bundle: for everything or only for what is one's own, and from which viewer type on.</summary>
internal sealed record PlainGrant(bool OwnOnly, string? LeastViewer);

/// <summary>A registry in plain words.</summary>
internal sealed class PlainRegistry
{
    public HashSet<string> Capabilities { get; } = [];

    public Dictionary<string, Dictionary<string, PlainGrant>> Bundles { get; } = [];

    /// <summary>What is frozen, and until when; null for as long as nobody lifts it.</summary>
    public Dictionary<string, DateTimeOffset?> Frozen { get; } = [];

    public PlainGrant? Grant(string bundle, string action) => Bundles.TryGetValue(bundle, out var grants) && grants.TryGetValue(action, out var grant) ? grant : null;

    public bool Holds(string bundle, string action) => Grant(bundle, action) is not null;
}

/// <summary>A team in plain words: <c>active</c>, <c>locked</c>, <c>suspended</c>, <c>archived</c>; <c>public</c>, <c>confidential</c>; a plan's name.</summary>
internal sealed record PlainTeam(string State, string Mode, string Plan);

/// <summary>What an action is done to.</summary>
internal sealed record PlainThing(string Kind, string? Id, string? Team, string? Owner, string[]? Acl, string? Mode);

/// <summary>What makes a key an access key.</summary>
internal sealed record PlainAccess(string Kind, string Subject, string Team, string Owner, string[] Bundles, string[] ForOwnOnly, string[] Networks);

/// <summary>A key.</summary>
internal sealed record PlainKey(bool Revoked, DateTimeOffset? ExpiresAt, string[] Holds, PlainAccess? Access);

/// <summary>How a quota stands.</summary>
internal sealed record PlainQuota(string Metric, decimal Used, decimal Limit);

/// <summary>A question in plain words: nothing but texts, numbers and lists.</summary>
internal sealed record PlainQuestion
{
    public const string City = "city";

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public required string Action { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The person whose role counts.</summary>
    public string? Person { get; init; }

    public bool KeyPresented { get; init; }

    /// <summary>The key; null where there never was such a key.</summary>
    public PlainKey? Key { get; init; }

    /// <summary>The capabilities that the key's token was asked for; null for all of the key's.</summary>
    public string[]? TokenFor { get; init; }

    public string? Ip { get; init; }

    /// <summary>Of the city's own services and of outside platforms: their name.</summary>
    public string? Name { get; init; }

    /// <summary>The team's id; <see cref="City"/> for the city's own.</summary>
    public required string TeamId { get; init; }

    /// <summary>The team; null for the city's own, and where nobody may know.</summary>
    public PlainTeam? Team { get; init; }

    public string? Role { get; init; }

    public string? Viewer { get; init; }

    public string? Office { get; init; }

    public PlainThing? Thing { get; init; }

    public bool HeedsScope { get; init; }

    public decimal Units { get; init; } = 1;

    public PlainQuota? Quota { get; init; }

    public bool TooOften { get; init; }

    public bool FactsAreThere { get; init; } = true;
}

/// <summary>An answer in plain words.</summary>
internal sealed record PlainAnswer(bool Allow, string Reason, bool OnlyOwn, bool SummariesOnly);
