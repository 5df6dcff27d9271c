using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Oracles;

/// <summary>The oracle's tables: readings and compensations, declared changes of meters.</summary>
public sealed class OracleDbContext(DbContextOptions<OracleDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Oracles)
{
    internal DbSet<OracleRow> Readings => Set<OracleRow>();

    internal DbSet<MeterChangeRow> MeterChanges => Set<MeterChangeRow>();

    internal DbSet<PieceWeightRow> PieceWeights => Set<PieceWeightRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<OracleRow>(row =>
        {
            row.ToTable("oracles").HasKey(r => r.Id);
            row.Property(r => r.Kind).HasConversion<WordConverter<ReadingKind>>();
            row.Property(r => r.State).HasConversion<WordConverter<ReadingState>>();
        });
        modelBuilder.Entity<PieceWeightRow>().ToTable("site_weights").HasKey(w => new { w.Platform, w.SiteId, w.Domain });
        modelBuilder.Entity<MeterChangeRow>().ToTable("meter_changes").HasKey(m => new { m.Platform, m.SiteId, m.Domain, m.At });
    }
}

/// <summary>A row as it is kept.</summary>
internal sealed record OracleRow
{
    public required OracleId Id { get; init; }

    public required string Platform { get; init; }

    public required string Domain { get; init; }

    public required string SiteId { get; init; }

    public required TeamId TeamId { get; init; }

    public UserId? UserId { get; init; }

    public Quantity Value { get; init; }

    public required string SourceUnit { get; init; }

    public Quantity NormalizedValue { get; init; }

    public Quantity Delta { get; init; }

    public required string Unit { get; init; }

    public DateTimeOffset Ts { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public ReadingState State { get; init; }

    public string? Rule { get; init; }

    public ReadingKind Kind { get; init; }

    public OracleId? Compensates { get; init; }

    public EmbassyId? WebhookEventId { get; init; }

    public string? TraceId { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public OracleReading View() => new(
        Id, Platform, Domain, SiteId, TeamId, Value, SourceUnit, NormalizedValue, Delta, Unit, Ts, ReceivedAt, State, Rule, Kind, Compensates, WebhookEventId, TraceId, DecidedBy, DecidedAt);
}

/// <summary>A declared change of a meter as it is kept.</summary>
internal sealed class MeterChangeRow
{
    public required string Platform { get; init; }

    public required string Domain { get; init; }

    public required string SiteId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required DateTimeOffset DeclaredAt { get; init; }

    public required string DeclaredBy { get; init; }
}

/// <summary>What a piece of a site weighs.</summary>
internal sealed class PieceWeightRow
{
    public required string Platform { get; init; }

    public required string Domain { get; init; }

    public required string SiteId { get; init; }

    public required Quantity PieceWeighs { get; set; }

    public required DateTimeOffset SetAt { get; set; }

    public required string SetBy { get; set; }
}
