using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Daarion.Server.Mail;
using Daarion.Server.Settings;
using Microsoft.AspNetCore.DataProtection;
using OpenIddict.EntityFrameworkCore.Models;
using OpenIddict.Server;
using OpenIddict.Validation;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Daarion.Server.SignIn;

/// <summary>Signing in: the cookie of people, the tokens of programs, the OpenID Connect server, the mail.</summary>
internal static class SignInRegistration
{
    /// <summary>How long an access token of a service key is good.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    public static WebApplicationBuilder AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddHttpContextAccessor();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<ISessionAuthenticator, SessionAuthenticator>();
        services.AddSingleton<ProvenTokens>();
        services.AddSingleton<ITokenAuthenticator, TokenAuthenticator>();
        services.AddSingleton<IAccessKeyAuthenticator, AccessKeyAuthenticator>();
        services.AddSingleton<MailQueue>();
        services.AddSingleton<IMail>(provider => provider.GetRequiredService<MailQueue>());
        services.AddSingleton<MailRoom>();
        services.AddHostedService<MailSender>();
        services.AddSingleton<KeyRing>();
        services.AddHostedService<SignInUpkeep>();
        // The files are private to the city's user; the framework's advice to encrypt them would be one more warning at every first start.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        services.AddDataProtection().SetApplicationName("daarion");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>()
            .Configure<KeyRing, ILoggerFactory>((options, keys, logs) => options.XmlRepository = new PrivateXmlRepository(keys.Folder, logs));
        services.AddOidcServer();
        return builder;
    }

    private static void AddOidcServer(this IServiceCollection services)
    {
        services.AddOpenIddict()
            .AddCore(core => core.ReplaceApplicationManager<OpenIddictEntityFrameworkCoreApplication, CityApplications>())
            .AddServer(server =>
            {
                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow().RequireProofKeyForCodeExchange();
                server.RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess);
                server.RegisterClaims(Claims.Subject, Claims.Name, Claims.Email, Claims.EmailVerified, Claims.Locale);
                // The scopes of a service key are its capabilities; what an app may ask for is checked by ScopesOfApps.
                server.DisableScopeValidation().IgnoreScopePermissions();
                server.SetAccessTokenLifetime(TokenLifetime).SetIdentityTokenLifetime(TokenLifetime).SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(5)).SetRefreshTokenLifetime(TimeSpan.FromDays(14));
                server.DisableAccessTokenEncryption();
                // A refresh token is good once: who brings a spent one may have stolen it, and everything that came of it ends.
                server.SetRefreshTokenReuseLeeway(TimeSpan.Zero);
                server.AddEventHandler(ScopesOfApps.Descriptor);
                server.AddEventHandler(ScopesOfApps.AuthorizationDescriptor);
                server.AddEventHandler(NoEntryForServiceTokens.Descriptor);
                server.AddEventHandler(TokensOfGoodKeys.Descriptor);
                // TLS ends at the proxy in front of the city: its own listeners speak plain HTTP always (decision 0031).
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableUserInfoEndpointPassthrough().EnableEndSessionEndpointPassthrough()
                    .DisableTransportSecurityRequirement();
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
            });
        services.AddOptions<OpenIddictServerOptions>().Configure<CitySettings, KeyRing>(OidcAddresses.Configure);
        services.AddSingleton<SigningKeyRotation>();
        services.AddSingleton<Microsoft.Extensions.Options.IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => new SigningKeyRotation.Source<OpenIddictServerOptions>(provider.GetRequiredService<SigningKeyRotation>()));
        services.AddSingleton<Microsoft.Extensions.Options.IOptionsChangeTokenSource<OpenIddictValidationOptions>>(provider => new SigningKeyRotation.Source<OpenIddictValidationOptions>(provider.GetRequiredService<SigningKeyRotation>()));
        services.AddHostedService(provider => provider.GetRequiredService<SigningKeyRotation>());
    }

    /// <summary>The addresses of signing in.</summary>
    public static void MapSignIn(this WebApplication app)
    {
        SignInApi.Map(app);
        SignInForms.Map(app);
        OidcEndpoints.Map(app);
    }
}
