using Daarion.Core.Policy;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Daarion.Server.SignIn;

/// <summary>Access tokens of service keys are not kept: they are short, and whether the key is still good is asked at every use.</summary>
internal sealed class NoEntryForServiceTokens : IOpenIddictServerHandler<GenerateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
        .UseSingletonHandler<NoEntryForServiceTokens>()
        .SetOrder(OpenIddictServerHandlers.Protection.CreateTokenEntry.Descriptor.Order - 1)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (CityApplications.IsServiceKey(context.ClientId))
        {
            context.CreateTokenEntry = false;
            context.PersistTokenPayload = false;
        }

        return default;
    }
}

/// <summary>A service key's token is worth what its key is worth now: wherever the server itself looks at one, one of a revoked or expired key is no token.</summary>
internal sealed class TokensOfGoodKeys(IKeyFacts keys, TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
        .UseScopedHandler<TokensOfGoodKeys>()
        .SetOrder(int.MaxValue - 100_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal?.GetClaim(Claims.Subject) is { } subject && CityApplications.IsServiceKey(subject)
            && !(await keys.Key(subject, context.CancellationToken) is { Revoked: null } key && (key.ExpiresAt is not { } end || end > clock.GetUtcNow())))
        {
            context.Reject(Errors.InvalidToken, "The key of this token is no longer good.");
        }
    }
}

/// <summary>What may be asked for: apps the city's four scopes, service keys the capabilities they hold.</summary>
internal sealed class ScopesOfApps(IKeyFacts keys, IPolicySnapshots registry) : IOpenIddictServerHandler<ValidateTokenRequestContext>, IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    private static readonly HashSet<string> OfApps = [Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess];

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenRequestContext>()
        .UseScopedHandler<ScopesOfApps>()
        .SetOrder(int.MaxValue - 100_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public static OpenIddictServerHandlerDescriptor AuthorizationDescriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateAuthorizationRequestContext>()
        .UseScopedHandler<ScopesOfApps>()
        .SetOrder(int.MaxValue - 100_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        var asked = context.Request.GetScopes();
        if (CityApplications.IsServiceKey(context.ClientId))
        {
            if (asked.Length > 0 && !await Holds(context.ClientId!, asked, context.CancellationToken))
            {
                context.Reject(Errors.InvalidScope, "The key does not hold all of these capabilities.");
            }
        }
        else if (!asked.All(OfApps.Contains))
        {
            context.Reject(Errors.InvalidScope, "An app may ask for openid, profile, email and offline_access.");
        }
    }

    private async Task<bool> Holds(string clientId, IEnumerable<string> scopes, CancellationToken ct)
    {
        var (key, all) = (await keys.Key(clientId, ct), (await registry.Current(ct)).ServiceDefault);
        return key is not null && scopes.All(scope => key.Capabilities.Contains(scope, StringComparer.Ordinal) || all.Holds(scope));
    }

    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (!context.Request.GetScopes().All(OfApps.Contains))
        {
            context.Reject(Errors.InvalidScope, "An app may ask for openid, profile, email and offline_access.");
        }

        return default;
    }
}
