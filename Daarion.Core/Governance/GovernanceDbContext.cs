using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Governance;

/// <summary>The tables of proposals and votes.</summary>
public sealed class GovernanceDbContext(DbContextOptions<GovernanceDbContext> options, ModuleServices services)
    : ModuleDbContext(options, services, ServiceName.Governance)
{
    /// <summary>Proposals and policies.</summary>
    public DbSet<Proposal> Policies => Set<Proposal>();

    /// <summary>What residents had when votes opened.</summary>
    public DbSet<WeightRow> Weights => Set<WeightRow>();

    /// <summary>Votes.</summary>
    public DbSet<VoteRow> Votes => Set<VoteRow>();

    /// <summary>Rollbacks that wait for a second operator, or had one.</summary>
    public DbSet<RollbackRow> Rollbacks => Set<RollbackRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Proposal>().ToTable("governance_policies");
        modelBuilder.Entity<Proposal>().Property(policy => policy.Operations).HasColumnType("jsonb");
        modelBuilder.Entity<Proposal>().Property(policy => policy.Result).HasColumnType("jsonb");
        modelBuilder.Entity<WeightRow>().ToTable("governance_weights").HasKey(row => new { row.PolicyId, row.VoterId });
        modelBuilder.Entity<VoteRow>().ToTable("governance_votes").HasKey(row => new { row.PolicyId, row.VoterId });
        modelBuilder.Entity<RollbackRow>().ToTable("governance_rollbacks").HasKey(row => row.PolicyId);
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<PolicyStatus>().HaveConversion<WordConverter<PolicyStatus>>();
        configurationBuilder.Properties<VoteChoice>().HaveConversion<WordConverter<VoteChoice>>();
    }
}
