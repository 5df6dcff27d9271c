using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities;

/// <summary>The registry's tables.</summary>
public sealed class CapabilitiesDbContext(DbContextOptions<CapabilitiesDbContext> options, ModuleServices services)
    : ModuleDbContext(options, services, ServiceName.Capabilities)
{
    /// <summary>Capabilities.</summary>
    public DbSet<CapabilityRow> Capabilities => Set<CapabilityRow>();

    /// <summary>Bundles.</summary>
    public DbSet<BundleRow> Bundles => Set<BundleRow>();

    /// <summary>What bundles hold.</summary>
    public DbSet<BundleCapRow> BundleCaps => Set<BundleCapRow>();

    /// <summary>What plans give.</summary>
    public DbSet<EntitlementRow> Entitlements => Set<EntitlementRow>();

    /// <summary>Stake multipliers.</summary>
    public DbSet<MultiplierRow> Multipliers => Set<MultiplierRow>();

    /// <summary>Prices.</summary>
    public DbSet<PriceRow> Prices => Set<PriceRow>();

    /// <summary>What is frozen.</summary>
    public DbSet<FreezeRow> Freezes => Set<FreezeRow>();

    /// <summary>What policies set beside.</summary>
    public DbSet<SettingRow> Settings => Set<SettingRow>();

    /// <summary>Versions of the registry.</summary>
    public DbSet<RegistryVersionRow> Versions => Set<RegistryVersionRow>();

    /// <summary>Access keys.</summary>
    public DbSet<AccessKey> AccessKeys => Set<AccessKey>();

    /// <summary>What releases have brought.</summary>
    public DbSet<SeededRow> Seeded => Set<SeededRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<CapabilityRow>().ToTable("capabilities");
        modelBuilder.Entity<BundleRow>().ToTable("bundles");
        modelBuilder.Entity<BundleCapRow>().ToTable("bundle_caps").HasKey(row => new { row.BundleId, row.CapabilityId });
        modelBuilder.Entity<BundleCapRow>().HasOne<BundleRow>().WithMany().HasForeignKey(row => row.BundleId);
        modelBuilder.Entity<BundleCapRow>().HasOne<CapabilityRow>().WithMany().HasForeignKey(row => row.CapabilityId);
        modelBuilder.Entity<EntitlementRow>().ToTable("plan_entitlements").HasKey(row => new { row.Plan, row.Metric });
        modelBuilder.Entity<MultiplierRow>().ToTable("stake_multipliers").HasKey(row => row.FromAmount);
        modelBuilder.Entity<PriceRow>().ToTable("prices").HasKey(row => row.Item);
        modelBuilder.Entity<PriceRow>().Property(row => row.Price1T).HasColumnName("price_1t");
        modelBuilder.Entity<FreezeRow>().ToTable("freezes").HasKey(row => row.Capability);
        modelBuilder.Entity<SettingRow>().ToTable("registry_settings").HasKey(row => row.Name);
        modelBuilder.Entity<RegistryVersionRow>().ToTable("registry_versions").HasKey(row => row.Version);
        modelBuilder.Entity<RegistryVersionRow>().Property(row => row.Version).ValueGeneratedNever();
        modelBuilder.Entity<RegistryVersionRow>().Property(row => row.Diff).HasColumnType("jsonb");
        modelBuilder.Entity<RegistryVersionRow>().Property(row => row.Inverse).HasColumnType("jsonb");
        modelBuilder.Entity<AccessKey>(key =>
        {
            key.ToTable("access_keys").HasKey(row => row.Id);
            key.Property(row => row.Budget1T).HasColumnName("budget_1t");
            key.Ignore(row => row.Subject).Ignore(row => row.Codes).Ignore(row => row.BundleNames);
            key.HasMany(row => row.Caps).WithOne().HasForeignKey(cap => cap.KeyId);
            key.HasMany(row => row.Bundles).WithOne().HasForeignKey(bundle => bundle.KeyId);
        });
        modelBuilder.Entity<AccessKeyCap>().ToTable("access_key_caps").HasKey(row => new { row.KeyId, row.CapabilityId });
        modelBuilder.Entity<AccessKeyCap>().HasOne(row => row.Capability).WithMany().HasForeignKey(row => row.CapabilityId);
        modelBuilder.Entity<AccessKeyBundle>().ToTable("access_key_bundles").HasKey(row => new { row.KeyId, row.BundleId });
        modelBuilder.Entity<AccessKeyBundle>().HasOne(row => row.Bundle).WithMany().HasForeignKey(row => row.BundleId);
        modelBuilder.Entity<SeededRow>().ToTable("seeded").HasKey(row => new { row.Kind, row.Key });
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<CapabilityRisk>().HaveConversion<WordConverter<CapabilityRisk>>();
        configurationBuilder.Properties<SubjectKind>().HaveConversion<WordConverter<SubjectKind>>();
        configurationBuilder.Properties<BundleKind>().HaveConversion<WordConverter<BundleKind>>();
        configurationBuilder.Properties<DecisionScope>().HaveConversion<WordConverter<DecisionScope>>();
        configurationBuilder.Properties<ViewerType>().HaveConversion<WordConverter<ViewerType>>();
        configurationBuilder.Properties<TeamPlan>().HaveConversion<WordConverter<TeamPlan>>();
    }
}
