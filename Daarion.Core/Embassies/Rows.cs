using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>A platform as it is kept.</summary>
internal sealed class PlatformRow
{
    public required string Platform { get; init; }

    public required string Name { get; set; }

    public required List<string> Domains { get; set; }

    public PlatformStatus Status { get; private set; } = PlatformStatus.Active;

    public int RatePerMinute { get; set; } = PlatformRules.DefaultRatePerMinute;

    public required DateTimeOffset CreatedAt { get; init; }

    public int Version { get; private set; } = 1;

    /// <summary>Marks a change: the version goes on.</summary>
    public void Changed() => Version++;

    /// <summary>Lets it in or not; false where it already is so.</summary>
    public bool TurnTo(PlatformStatus status)
    {
        if (Status == status)
        {
            return false;
        }

        Status = status;
        Changed();
        return true;
    }
}

/// <summary>A platform's secret as it is kept: encrypted, with the one before it during a rotation.</summary>
internal sealed class SecretRow
{
    public required WebhookId Id { get; init; }

    public required string Platform { get; init; }

    public required byte[] Secret { get; set; }

    public byte[]? PreviousSecret { get; set; }

    public DateTimeOffset? RotatesAt { get; set; }

    public string Status { get; init; } = "active";

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>Puts a new secret in; the present one stays good until then, and one before that ends now.</summary>
    public void Rotate(byte[] secret, DateTimeOffset now, TimeSpan overlap)
    {
        PreviousSecret = overlap > TimeSpan.Zero ? Secret : null;
        RotatesAt = overlap > TimeSpan.Zero ? now + overlap : null;
        (Secret, CreatedAt) = (secret, now);
    }
}

/// <summary>An identity as it is kept.</summary>
internal sealed class IdentityRow
{
    public required EmbassyId Id { get; init; }

    public required string Platform { get; init; }

    public required string ExternalId { get; init; }

    public IdentityKind Kind { get; private set; }

    public TeamId? TeamId { get; private set; }

    public UserId? UserId { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Version { get; private set; } = 1;

    /// <summary>Says what it stands for and whose it is.</summary>
    public void Become(IdentityKind kind, TeamId? team, UserId? user)
    {
        if (user is not null && kind != IdentityKind.Resident)
        {
            throw CityException.Invalid("user_id", "Only an identity of kind resident has a person who is paid.");
        }

        if (kind == IdentityKind.Resident && team is not null && user is null)
        {
            throw CityException.Invalid("user_id", "Say which person a resident is.");
        }

        if (user is not null && team is null)
        {
            throw CityException.Invalid("team_id", "Say which team the resident belongs to.");
        }

        (Kind, TeamId, UserId) = (kind, team, user);
    }

    /// <summary>Marks a change: the version goes on.</summary>
    public void Changed() => Version++;
}

/// <summary>A delivery as it is kept.</summary>
internal sealed class DeliveryRow
{
    public required EmbassyId Id { get; init; }

    public required string Platform { get; init; }

    public required string Domain { get; init; }

    public string? SiteId { get; init; }

    public int Readings { get; init; }

    public int Accepted { get; init; }

    public SignatureState SignatureState { get; init; }

    public DeliveryOutcome Outcome { get; init; }

    public string? Reason { get; init; }

    public string? Detail { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public string? WebhookId { get; init; }

    public string? TraceId { get; init; }

    public byte[]? Body { get; init; }
}

/// <summary>An accepted reading as it is kept.</summary>
internal sealed class ReadingRow
{
    public required EmbassyId Id { get; init; }

    public required EmbassyId DeliveryId { get; init; }

    public int Position { get; init; }

    public required string Platform { get; init; }

    public required string Domain { get; init; }

    public required string SiteId { get; init; }

    public Quantity Value { get; init; }

    public required string Unit { get; init; }

    public DateTimeOffset Ts { get; init; }

    public string? ReadingId { get; init; }

    public string? WebhookId { get; init; }

    public bool Held { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public ClaimKind? Kind { get; init; }

    public string? Reference { get; init; }
}
