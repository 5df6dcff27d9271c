using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Embassies;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Rwa;

/// <summary>The schema <c>rwa</c>. Inventory and movements are only read through it; they are written by the function <c>rwa.move</c>.</summary>
internal sealed class RwaDbContext(DbContextOptions<RwaDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Rwa)
{
    public DbSet<Inventory> Inventory => Set<Inventory>();

    public DbSet<MovementRow> Movements => Set<MovementRow>();

    public DbSet<Claim> Claims => Set<Claim>();

    public DbSet<Adjustment> Adjustments => Set<Adjustment>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Inventory>().ToTable("rwa_inventory").HasKey(inventory => inventory.Id);
        modelBuilder.Entity<MovementRow>().ToTable("rwa_movements").HasKey(movement => movement.Id);
        modelBuilder.Entity<Claim>().ToTable("rwa_claims").HasKey(claim => claim.Id);
        modelBuilder.Entity<Adjustment>().ToTable("rwa_adjustments").HasKey(adjustment => adjustment.Id);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<MovementKind>().HaveConversion<WordConverter<MovementKind>>();
        configurationBuilder.Properties<ClaimKind>().HaveConversion<WordConverter<ClaimKind>>();
        configurationBuilder.Properties<ClaimState>().HaveConversion<WordConverter<ClaimState>>();
        configurationBuilder.Properties<AdjustmentStatus>().HaveConversion<WordConverter<AdjustmentStatus>>();
    }
}

/// <summary>A movement as the table has it.</summary>
internal sealed record MovementRow(
    RwaId Id,
    RwaId InventoryId,
    long Number,
    TeamId TeamId,
    Quantity Delta,
    Quantity ValueAfter,
    MovementKind Kind,
    OracleId? OracleId,
    string Ref,
    UserId? BeneficiaryUserId,
    DateTimeOffset Ts,
    DateTimeOffset RecordedAt,
    string? TraceId);
