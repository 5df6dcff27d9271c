using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Auth;

/// <summary>Sign-in, sessions, service keys, operators, outside apps.</summary>
public sealed class AuthModule : ICityModule
{
    private static readonly string[] Everyone = ["role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own"];
    private static readonly string[] Heads = ["city.Owner", "city.Guardian"];
    private static readonly string[] Operators = ["city.Owner", "city.Guardian", "city.Member"];

    /// <inheritdoc/>
    public string Service => ServiceName.Auth;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new("auth.sign_in", "Sign in by a proof: a code, a link, a setup token, a session's token.", CapabilityRisk.Low),
        new("auth.token", "Get an access token by a service key's secret.", CapabilityRisk.Low),
        new("auth.session.read", "See sessions: everybody's for operators, one's own for anybody.", CapabilityRisk.Low, [.. Everyone, .. Operators]),
        new("auth.session.end", "End sessions: anybody's for operators, one's own for anybody.", CapabilityRisk.Medium, [.. Everyone, .. Heads]),
        new("auth.session.watch", "Keep the sessions of open consoles alive.", CapabilityRisk.Low, "service.auth"),
        new("auth.service_key.read", "See service keys.", CapabilityRisk.Low, Operators),
        new("auth.service_key.manage", "Make, rotate and revoke service keys, with what one holds oneself.", CapabilityRisk.High, [.. Heads, "service.auth"]),
        new(ServiceKeyService.GiveMore, "Give service keys more than one holds oneself.", CapabilityRisk.High, ["city.Owner", "service.auth"]),
        new("auth.operator.read", "See the operators and the sign-in settings.", CapabilityRisk.Low, [.. Operators, "service.auth"]),
        new("auth.operator.manage", "Make and unmake operators.", CapabilityRisk.High, [.. Heads, "service.auth"]),
        new("auth.sign_in_link.create", "Make a link that signs in as an operator, at the terminal.", CapabilityRisk.High, "service.auth"),
        new("auth.settings.manage", "Decide who may sign up.", CapabilityRisk.High, Heads),
        new("auth.oidc_client.read", "See the apps that sign people in through the city.", CapabilityRisk.Low, Operators),
        new("auth.oidc_client.manage", "Register and remove such apps.", CapabilityRisk.High, Heads),
        new("auth.consent.manage", "Let an app sign one in, and take that back.", CapabilityRisk.Medium, Everyone),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<AuthSessionCreated>("auth.session.created", ServiceName.Auth),
        EventDeclaration.Of<AuthSessionEnded>("auth.session.ended", ServiceName.Auth),
        EventDeclaration.Of<AuthSignInFailed>("auth.signin.failed", ServiceName.Auth),
        EventDeclaration.Of<AuthServiceKeyCreated>("auth.service_key.created", ServiceName.Auth),
        EventDeclaration.Of<AuthServiceKeyRotated>("auth.service_key.rotated", ServiceName.Auth),
        EventDeclaration.Of<AuthServiceKeyRevoked>("auth.service_key.revoked", ServiceName.Auth),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<AuthDbContext>(ServiceName.Auth);
        services.AddDbContext<OidcStoreContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<CityDatabase>().Of(ServiceName.Auth))
            .UseSnakeCaseNamingConvention());
        services.AddOpenIddict().AddCore(core => core.UseEntityFrameworkCore().UseDbContext<OidcStoreContext>());
        services.AddScoped<CodeGate>();
        services.AddContract<ISignInService, SignInService>(ServiceName.Auth);
        services.AddContract<ISessionService, SessionService>(ServiceName.Auth);
        services.AddContract<IServiceKeyService, ServiceKeyService>(ServiceName.Auth);
        services.AddContract<IOperatorService, OperatorService>(ServiceName.Auth);
        services.AddContract<IOidcClientService, OidcClientService>(ServiceName.Auth);
        services.AddSingleton<IKeyFacts, KeyFacts>();
    }
}
