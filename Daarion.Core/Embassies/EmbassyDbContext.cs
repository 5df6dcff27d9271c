using Daarion.Core.Data;
using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Embassies;

/// <summary>The embassy's tables: platforms, secrets, identities, the delivery log, accepted readings.</summary>
public sealed class EmbassyDbContext(DbContextOptions<EmbassyDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Embassies)
{
    internal DbSet<PlatformRow> Platforms => Set<PlatformRow>();

    internal DbSet<SecretRow> Secrets => Set<SecretRow>();

    internal DbSet<IdentityRow> Identities => Set<IdentityRow>();

    internal DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    internal DbSet<ReadingRow> Readings => Set<ReadingRow>();

    internal DbSet<SubscriptionRow> Subscriptions => Set<SubscriptionRow>();

    internal DbSet<MessageRow> Messages => Set<MessageRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<PlatformRow>(platform =>
        {
            platform.ToTable("embassy_platforms").HasKey(p => p.Platform);
            platform.Property(p => p.Status).HasConversion<WordConverter<PlatformStatus>>();
            platform.Property(p => p.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<SecretRow>().ToTable("embassy_webhooks").HasKey(s => s.Id);
        modelBuilder.Entity<IdentityRow>(identity =>
        {
            identity.ToTable("embassy_identities").HasKey(i => i.Id);
            identity.Property(i => i.Kind).HasConversion<WordConverter<IdentityKind>>();
            identity.Property(i => i.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<DeliveryRow>(delivery =>
        {
            delivery.ToTable("embassy_events").HasKey(d => d.Id);
            delivery.Property(d => d.SignatureState).HasConversion<WordConverter<SignatureState>>();
            delivery.Property(d => d.Outcome).HasConversion<WordConverter<DeliveryOutcome>>();
        });
        modelBuilder.Entity<SubscriptionRow>(subscription =>
        {
            subscription.ToTable("webhook_subscriptions").HasKey(s => s.Id);
            subscription.Property(s => s.Status).HasConversion<WordConverter<WebhookStatus>>();
            subscription.Property(s => s.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<MessageRow>(message =>
        {
            message.ToTable("webhook_messages").HasKey(m => m.Id);
            message.Property(m => m.State).HasConversion<WordConverter<WebhookMessageState>>();
        });
        modelBuilder.Entity<ReadingRow>(reading =>
        {
            reading.ToTable("embassy_readings").HasKey(r => r.Id);
            reading.Property(r => r.Kind).HasConversion<WordConverter<ClaimKind>>();
        });
    }
}
