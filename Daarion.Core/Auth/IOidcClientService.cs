using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>Outside apps that sign people in through the city (OpenID Connect, authorization code with PKCE), and what people consented to.</summary>
public interface IOidcClientService
{
    /// <summary>Registers an app; the secret of a confidential one is in this answer and nowhere else. Capability <c>auth.oidc_client.manage</c>; audited.</summary>
    Task<OidcClientSecret> Create(Caller caller, CreateOidcClient request, CancellationToken ct);

    /// <summary>Registered apps. Capability <c>auth.oidc_client.read</c>.</summary>
    Task<Page<OidcClientView>> List(Caller caller, ListOidcClients request, CancellationToken ct);

    /// <summary>Removes an app with everything it was given. Capability <c>auth.oidc_client.manage</c>; audited.</summary>
    Task<OidcClientView> Delete(Caller caller, DeleteOidcClient request, CancellationToken ct);

    /// <summary>What the consent page shows: the app and what it asks for. Capability <c>auth.consent.manage</c> on one's own.</summary>
    Task<ConsentQuestion> Ask(Caller caller, AskConsent request, CancellationToken ct);

    /// <summary>Consents: the app may sign the person in and is told what it asked for. Capability <c>auth.consent.manage</c> on one's own; audited.</summary>
    Task<ConsentView> GrantConsent(Caller caller, GrantConsent request, CancellationToken ct);

    /// <summary>What the calling person consented to. Capability <c>auth.consent.manage</c> on one's own.</summary>
    Task<Page<ConsentView>> Consents(Caller caller, ListConsents request, CancellationToken ct);

    /// <summary>Takes a consent back: the app's tokens stop. Capability <c>auth.consent.manage</c> on one's own.</summary>
    Task<ConsentView> RevokeConsent(Caller caller, RevokeConsent request, CancellationToken ct);
}

/// <summary>A new app.</summary>
/// <param name="Name">What the consent page calls it.</param>
/// <param name="RedirectUris">Where it is called back: https, or http on loopback, or an app's own scheme.</param>
/// <param name="PostLogoutRedirectUris">Where it is called back after signing out.</param>
/// <param name="Confidential">It can keep a secret (a server); otherwise it is public (a browser or phone) and has PKCE alone.</param>
public sealed record CreateOidcClient(string Name, IReadOnlyList<string> RedirectUris, IReadOnlyList<string>? PostLogoutRedirectUris = null, bool Confidential = false);

/// <summary>How many, from where.</summary>
public sealed record ListOidcClients(PageRequest Page);

/// <summary>Which app.</summary>
public sealed record DeleteOidcClient(string ClientId);

/// <summary>An app and its secret, shown once.</summary>
public sealed record OidcClientSecret(string ClientId, string? ClientSecret, OidcClientView Client);

/// <summary>An app.</summary>
public sealed record OidcClientView(string ClientId, string Name, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> PostLogoutRedirectUris, bool Confidential);

/// <summary>Who asks for what.</summary>
public sealed record AskConsent(string ClientId, IReadOnlyList<string> Scopes);

/// <summary>What to consent to.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="Scopes">What it is told.</param>
public sealed record GrantConsent(string ClientId, IReadOnlyList<string> Scopes);

/// <summary>The app and what it asks for.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Scopes">What it would be told: <c>openid</c>, <c>profile</c>, <c>email</c>, <c>offline_access</c>.</param>
public sealed record ConsentQuestion(string ClientId, string Name, IReadOnlyList<string> Scopes);

/// <summary>How many, from where.</summary>
public sealed record ListConsents(PageRequest Page);

/// <summary>Which consent.</summary>
public sealed record RevokeConsent(string Id);

/// <summary>A consent.</summary>
public sealed record ConsentView(string Id, string ClientId, string ClientName, IReadOnlyList<string> Scopes, DateTimeOffset Since);
