using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace Daarion.Core.Auth;

/// <summary>The schema <c>auth</c>.</summary>
internal sealed class AuthDbContext(DbContextOptions<AuthDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Auth)
{
    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SignInCode> Codes => Set<SignInCode>();

    public DbSet<SignInFailure> Failures => Set<SignInFailure>();

    public DbSet<SignInPause> Pauses => Set<SignInPause>();

    public DbSet<ServiceKey> ServiceKeys => Set<ServiceKey>();

    public DbSet<CitySignIn> Settings => Set<CitySignIn>();

    public DbSet<OpenIddictEntityFrameworkCoreApplication> OidcApplications => Set<OpenIddictEntityFrameworkCoreApplication>();

    public DbSet<OpenIddictEntityFrameworkCoreAuthorization> OidcAuthorizations => Set<OpenIddictEntityFrameworkCoreAuthorization>();

    /// <summary>The settings, held until the transaction ends: whoever makes the first operator does so alone, on all replicas.</summary>
    public Task<CitySignIn> LockSettings(CancellationToken ct) => Settings.FromSql($"select * from auth.city_settings for update").SingleAsync(ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Session>(session =>
        {
            session.ToTable("sessions").HasKey(s => s.Id);
            session.Ignore(s => s.EndsAt);
        });
        modelBuilder.Entity<SignInCode>().ToTable("signin_codes").HasKey(code => code.Id);
        modelBuilder.Entity<SignInFailure>().ToTable("signin_failures").HasKey(failure => failure.Id);
        modelBuilder.Entity<SignInPause>().ToTable("signin_pauses").HasKey(pause => pause.Email);
        modelBuilder.Entity<ServiceKey>().ToTable("service_keys").HasKey(key => key.ClientId);
        modelBuilder.Entity<CitySignIn>(settings =>
        {
            settings.ToTable("city_settings").HasKey(s => s.Id);
            settings.Property(s => s.Id).ValueGeneratedNever();
        });
        OidcModel.Map(modelBuilder);
    }
}

/// <summary>
/// The tables that the OpenID Connect server library keeps by itself (codes, tokens, consents): not operations of ours, so that the
/// guards of <see cref="ModuleDbContext"/> have nothing to guard here.
/// </summary>
internal sealed class OidcStoreContext(DbContextOptions<OidcStoreContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(ServiceName.Auth);
        OidcModel.Map(modelBuilder);
    }
}

/// <summary>The library's entities on our tables.</summary>
internal static class OidcModel
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.UseOpenIddict();
        modelBuilder.Entity<OpenIddictEntityFrameworkCoreApplication>().ToTable("oidc_applications");
        modelBuilder.Entity<OpenIddictEntityFrameworkCoreAuthorization>().ToTable("oidc_authorizations");
        modelBuilder.Entity<OpenIddictEntityFrameworkCoreScope>().ToTable("oidc_scopes");
        modelBuilder.Entity<OpenIddictEntityFrameworkCoreToken>().ToTable("oidc_tokens");
    }
}
