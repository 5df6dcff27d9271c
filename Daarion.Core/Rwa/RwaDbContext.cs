using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Rwa;

/// <summary>The schema <c>rwa</c>. Rows are only read through it; they are written by the function <c>rwa.move</c>.</summary>
internal sealed class RwaDbContext(DbContextOptions<RwaDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Rwa)
{
    public DbSet<Inventory> Inventory => Set<Inventory>();

    public DbSet<MovementRow> Movements => Set<MovementRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Inventory>().ToTable("rwa_inventory").HasKey(inventory => inventory.Id);
        modelBuilder.Entity<MovementRow>().ToTable("rwa_movements").HasKey(movement => movement.Id);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<ReadingKind>().HaveConversion<WordConverter<ReadingKind>>();
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
    ReadingKind Kind,
    OracleId OracleId,
    UserId? BeneficiaryUserId,
    DateTimeOffset Ts,
    DateTimeOffset RecordedAt,
    string? TraceId);
