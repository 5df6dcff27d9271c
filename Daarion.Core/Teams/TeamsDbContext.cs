using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>The schema <c>teams</c>.</summary>
internal sealed class TeamsDbContext(DbContextOptions<TeamsDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Teams)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Team> Teams => Set<Team>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<User>().ToTable("users").HasKey(user => user.Id);
        modelBuilder.Entity<Team>(team =>
        {
            team.ToTable("teams").HasKey(t => t.Id);
            team.Ignore(t => t.RestorableUntil).Ignore(t => t.IsCity);
            team.Property(t => t.Version).IsConcurrencyToken();
            team.HasMany(t => t.Members).WithOne().HasForeignKey(member => member.TeamId);
            team.Navigation(t => t.Members).UsePropertyAccessMode(PropertyAccessMode.Field);
        });
        modelBuilder.Entity<Member>().ToTable("team_members").HasKey(member => new { member.TeamId, member.UserId });
        modelBuilder.Entity<Invitation>().ToTable("team_invitations").HasKey(invitation => invitation.Id);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<TeamRole>().HaveConversion<WordConverter<TeamRole>>();
        configurationBuilder.Properties<ViewerType>().HaveConversion<WordConverter<ViewerType>>();
        configurationBuilder.Properties<TeamMode>().HaveConversion<WordConverter<TeamMode>>();
        configurationBuilder.Properties<TeamState>().HaveConversion<WordConverter<TeamState>>();
        configurationBuilder.Properties<TeamPlan>().HaveConversion<WordConverter<TeamPlan>>();
    }

    /// <summary>A team with its members, its row locked until the transaction ends: changes of one team's members happen one after another.</summary>
    public async Task<Team> Lock(TeamId id, CancellationToken ct)
    {
        var team = await Teams.FromSql($"select * from teams.teams where id = {id.Value} for no key update").SingleOrDefaultAsync(ct) ?? throw CityException.NotFound("team");
        await Entry(team).Collection(t => t.Members).LoadAsync(ct);
        return team;
    }
}
