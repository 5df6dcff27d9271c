using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Daarion.Server.SignIn;

/// <summary>
/// The applications that the OpenID Connect server knows: outside apps from its own table, and every service key, which is not kept there
/// a second time but stands in for an application that may do nothing but get a token by its secret.
/// </summary>
internal sealed class CityApplications(
    IOpenIddictApplicationCache<OpenIddictEntityFrameworkCoreApplication> cache,
    ILogger<OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<OpenIddictEntityFrameworkCoreApplication> store,
    IServiceKeyService keys,
    IHttpContextAccessor http) : OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication>(cache, logger, options, store)
{
    private static readonly string ServiceKeyPermissions = JsonSerializer.Serialize(new[]
    {
        Permissions.Endpoints.Token, Permissions.Endpoints.Introspection, Permissions.Endpoints.Revocation, Permissions.GrantTypes.ClientCredentials,
    });

    /// <summary>True for the <c>client_id</c> of a service key.</summary>
    public static bool IsServiceKey(string? clientId) => AccessKeyId.TryParse(clientId, out _);

    public override ValueTask<OpenIddictEntityFrameworkCoreApplication?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken = default) =>
        IsServiceKey(identifier)
            ? new(new OpenIddictEntityFrameworkCoreApplication { Id = identifier, ClientId = identifier, ClientType = ClientTypes.Confidential, Permissions = ServiceKeyPermissions })
            : base.FindByClientIdAsync(identifier, cancellationToken);

    public override async ValueTask<bool> ValidateClientSecretAsync(OpenIddictEntityFrameworkCoreApplication application, string secret, CancellationToken cancellationToken = default)
    {
        if (!IsServiceKey(application.ClientId))
        {
            return await base.ValidateClientSecretAsync(application, secret, cancellationToken);
        }

        var request = http.HttpContext ?? throw new InvalidOperationException("A secret is only ever presented in a request");
        var proof = await keys.Verify(Caller.Anonymous(RequestOrigin.Of(request)), new VerifyServiceKey(application.ClientId!, secret), cancellationToken);
        return proof.Good;
    }

    /// <summary>Secrets of apps are 32 random bytes too: their plain digest is kept.</summary>
    protected override ValueTask<bool> ValidateClientSecretAsync(string secret, string comparand, CancellationToken cancellationToken = default) =>
        new(CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Convert.ToBase64String(OneTimeToken.Digest(secret))), Encoding.ASCII.GetBytes(comparand)));
}
