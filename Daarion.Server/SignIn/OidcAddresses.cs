using Daarion.Server.Settings;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Daarion.Server.SignIn;

/// <summary>The addresses and keys of the OpenID Connect server.</summary>
internal static class OidcAddresses
{
    public const string Authorize = "connect/authorize";
    public const string Token = "connect/token";
    public const string UserInfo = "connect/userinfo";
    public const string EndSession = "connect/logout";

    public static void Configure(OpenIddictServerOptions options, CitySettings settings, KeyRing keys)
    {
        options.Issuer = settings.PublicUrl;
        Add(options.AuthorizationEndpointUris, settings, Authorize);
        Add(options.TokenEndpointUris, settings, Token);
        Add(options.UserInfoEndpointUris, settings, UserInfo);
        Add(options.EndSessionEndpointUris, settings, EndSession);
        Add(options.IntrospectionEndpointUris, settings, "connect/introspect");
        Add(options.RevocationEndpointUris, settings, "connect/revoke");
        // These two have well-known addresses of their own; the first is what the discovery document names.
        options.ConfigurationEndpointUris.Clear();
        options.JsonWebKeySetEndpointUris.Clear();
        Add(options.ConfigurationEndpointUris, settings, ".well-known/openid-configuration");
        Add(options.ConfigurationEndpointUris, settings, ".well-known/oauth-authorization-server");
        Add(options.JsonWebKeySetEndpointUris, settings, ".well-known/jwks");
        foreach (var key in keys.SigningKeys())
        {
            options.SigningCredentials.Add(new SigningCredentials(key, SecurityAlgorithms.RsaSha256));
        }

        options.EncryptionCredentials.Add(new EncryptingCredentials(keys.EncryptionKey(), SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    // The public address first, which the documents name; then the path alone, so that the city answers under any name that leads to it.
    private static void Add(List<Uri> addresses, CitySettings settings, string path)
    {
        addresses.Add(new Uri(settings.PublicUrl, path));
        addresses.Add(new Uri(path, UriKind.Relative));
    }
}
