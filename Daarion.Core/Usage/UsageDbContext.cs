using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Usage;

/// <summary>The schema <c>usage</c>. Counters, reservations and rates change by the functions of its migration alone.</summary>
internal sealed class UsageDbContext(DbContextOptions<UsageDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Usage)
{
    public DbSet<UsageAnomaly> Anomalies => Set<UsageAnomaly>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<UsageAnomaly>(anomaly =>
        {
            anomaly.ToTable("usage_anomalies").HasKey(one => one.Id);
            anomaly.Property(one => one.Value).HasColumnType("numeric(38,9)");
            anomaly.Property(one => one.Usual).HasColumnType("numeric(38,9)");
        });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<UsageAnomalyKind>().HaveConversion<WordConverter<UsageAnomalyKind>>();
    }
}
