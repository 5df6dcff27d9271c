using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Daarion.Core.Telemetry;

/// <summary>The telemetry service's tables. Figures and spans are written and read with SQL of their own; the audit log is mapped.</summary>
internal sealed class TelemetryDbContext(DbContextOptions<TelemetryDbContext> options, ModuleServices services)
    : ModuleDbContext(options, services, ServiceName.Telemetry)
{
    public DbSet<AuditRow> AuditRecords => Set<AuditRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<AuditRow>(audit =>
        {
            audit.ToTable("audit_records");
            audit.HasKey(row => row.Number);
            audit.Property(row => row.Number).ValueGeneratedNever();
            audit.Property(row => row.Details).HasColumnType("jsonb").HasConversion(
                details => JsonSerializer.Serialize(details, CityJson.Options),
                text => JsonSerializer.Deserialize<Dictionary<string, string>>(text, CityJson.Options)!,
                new ValueComparer<Dictionary<string, string>>((a, b) => ReferenceEquals(a, b), details => details.Count, details => details));
        });
    }
}
