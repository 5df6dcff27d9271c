using System.Globalization;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;

namespace Daarion.Core.Auth;

/// <summary>The operations on outside apps and consents.</summary>
internal sealed class OidcClientService(AuthDbContext db, IAccess access) : IOidcClientService
{
    private const string Manage = "auth.oidc_client.manage";
    private const string Consenting = "auth.consent.manage";
    private const int MaxUris = 20;

    /// <summary>What an app may ask for.</summary>
    public static readonly IReadOnlyList<string> Scopes = [OpenIddictConstants.Scopes.OpenId, OpenIddictConstants.Scopes.Profile, OpenIddictConstants.Scopes.Email, OpenIddictConstants.Scopes.OfflineAccess];

    private static readonly string[] Permissions =
    [
        OpenIddictConstants.Permissions.Endpoints.Authorization, OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.Endpoints.Revocation,
        OpenIddictConstants.Permissions.Endpoints.Introspection, OpenIddictConstants.Permissions.Endpoints.EndSession,
        OpenIddictConstants.Permissions.GrantTypes.AuthorizationCode, OpenIddictConstants.Permissions.GrantTypes.RefreshToken, OpenIddictConstants.Permissions.ResponseTypes.Code,
        OpenIddictConstants.Permissions.Scopes.Profile, OpenIddictConstants.Permissions.Scopes.Email,
    ];

    public async Task<OidcClientSecret> Create(Caller caller, CreateOidcClient request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        var (redirects, afterLogout) = (Uris(request.RedirectUris, "redirect_uris"), Uris(request.PostLogoutRedirectUris ?? [], "post_logout_redirect_uris"));
        if (redirects.Count == 0)
        {
            throw CityException.Invalid("redirect_uris", "Give at least one address.");
        }

        var secret = request.Confidential ? OneTimeToken.New() : null;
        var client = new OpenIddictEntityFrameworkCoreApplication
        {
            Id = Guid.CreateVersion7(db.Now).ToString(),
            ClientId = $"app_{Ulid.NewUlid(db.Now).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant()}",
            ClientSecret = secret is null ? null : Convert.ToBase64String(OneTimeToken.Digest(secret)),
            ClientType = request.Confidential ? OpenIddictConstants.ClientTypes.Confidential : OpenIddictConstants.ClientTypes.Public,
            ConsentType = OpenIddictConstants.ConsentTypes.Explicit,
            ApplicationType = OpenIddictConstants.ApplicationTypes.Web,
            ConcurrencyToken = Guid.NewGuid().ToString(),
            DisplayName = Names.Checked(request.Name, "name"),
            Permissions = JsonSerializer.Serialize(Permissions),
            RedirectUris = JsonSerializer.Serialize(redirects),
            PostLogoutRedirectUris = JsonSerializer.Serialize(afterLogout),
            Requirements = JsonSerializer.Serialize(new[] { OpenIddictConstants.Requirements.Features.ProofKeyForCodeExchange }),
        };
        db.Add(client);
        db.Audit("auth.oidc_client.created", "oidc_client", client.ClientId);
        await db.SaveChangesAsync(ct);
        return new OidcClientSecret(client.ClientId, secret, View(client));
    }

    public async Task<Page<OidcClientView>> List(Caller caller, ListOidcClients request, CancellationToken ct)
    {
        await access.Require(caller, "auth.oidc_client.read", ResourceRef.City, ct);
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = await db.OidcApplications.FromSql($"select * from auth.oidc_applications where {after}::text is null or id < {after}")
            .AsNoTracking().OrderByDescending(client => client.Id).Take(page.Limit + 1).ToListAsync(ct);
        var items = Page<OpenIddictEntityFrameworkCoreApplication>.From(rows, page, client => [client.Id!]);
        return items.Select(View);
    }

    public async Task<OidcClientView> Delete(Caller caller, DeleteOidcClient request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        var client = await Find(request.ClientId, ct);
        db.Remove(client);
        db.Audit("auth.oidc_client.deleted", "oidc_client", request.ClientId);
        await db.SaveChangesAsync(ct);
        return View(client);
    }

    public async Task<ConsentQuestion> Ask(Caller caller, AskConsent request, CancellationToken ct)
    {
        await RequireOwn(caller, ct);
        var client = await Find(request.ClientId, ct);
        return new ConsentQuestion(request.ClientId, client.DisplayName ?? request.ClientId, [.. request.Scopes.Where(Scopes.Contains).Distinct(StringComparer.Ordinal)]);
    }

    public async Task<ConsentView> GrantConsent(Caller caller, GrantConsent request, CancellationToken ct)
    {
        var user = await RequireOwn(caller, ct);
        if (request.Scopes.Any(scope => !Scopes.Contains(scope)))
        {
            throw CityException.Invalid("scopes", $"An app may ask for {string.Join(", ", Scopes)}.");
        }

        var consent = new OpenIddictEntityFrameworkCoreAuthorization
        {
            Id = Guid.CreateVersion7(db.Now).ToString(),
            Application = await Find(request.ClientId, ct),
            ConcurrencyToken = Guid.NewGuid().ToString(),
            CreationDate = db.Now.UtcDateTime,
            Scopes = JsonSerializer.Serialize(request.Scopes.Distinct(StringComparer.Ordinal)),
            Status = OpenIddictConstants.Statuses.Valid,
            Subject = user.Value,
            Type = OpenIddictConstants.AuthorizationTypes.Permanent,
        };
        db.Add(consent);
        db.Audit("auth.consent.granted", "user", user.Value, null, ("client_id", request.ClientId), ("scopes", string.Join(' ', request.Scopes)));
        await db.SaveChangesAsync(ct);
        return View(consent);
    }

    public async Task<Page<ConsentView>> Consents(Caller caller, ListConsents request, CancellationToken ct)
    {
        var user = await RequireOwn(caller, ct);
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = await db.OidcAuthorizations.FromSql(
                $"""
                select * from auth.oidc_authorizations
                where subject = {user.Value} and status = 'valid' and type = 'permanent' and ({after}::text is null or id > {after})
                """)
            .AsNoTracking().Include(consent => consent.Application).OrderBy(consent => consent.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<ConsentView>.From([.. rows.Select(View)], page, consent => [consent.Id]);
    }

    public async Task<ConsentView> RevokeConsent(Caller caller, RevokeConsent request, CancellationToken ct)
    {
        var user = await RequireOwn(caller, ct);
        return await db.Transact(
            async token =>
            {
                var consent = await db.OidcAuthorizations.AsNoTracking().Include(one => one.Application)
                    .SingleOrDefaultAsync(one => one.Id == request.Id && one.Subject == user.Value && one.Status == OpenIddictConstants.Statuses.Valid, token) ?? throw CityException.NotFound("consent");
                await db.Database.ExecuteSqlAsync($"update auth.oidc_tokens set status = 'revoked' where authorization_id = {request.Id} and status = 'valid'", token);
                await db.Database.ExecuteSqlAsync($"update auth.oidc_authorizations set status = 'revoked' where id = {request.Id}", token);
                db.Audit("auth.consent.revoked", "user", user.Value, null, ("client_id", consent.Application?.ClientId ?? string.Empty));
                return View(consent);
            },
            ct);
    }

    private static OidcClientView View(OpenIddictEntityFrameworkCoreApplication client) => new(
        client.ClientId!,
        client.DisplayName ?? client.ClientId!,
        JsonSerializer.Deserialize<List<string>>(client.RedirectUris ?? "[]")!,
        JsonSerializer.Deserialize<List<string>>(client.PostLogoutRedirectUris ?? "[]")!,
        client.ClientType == OpenIddictConstants.ClientTypes.Confidential);

    private static ConsentView View(OpenIddictEntityFrameworkCoreAuthorization consent) => new(
        consent.Id!,
        consent.Application?.ClientId ?? string.Empty,
        consent.Application?.DisplayName ?? string.Empty,
        JsonSerializer.Deserialize<List<string>>(consent.Scopes ?? "[]")!,
        new DateTimeOffset(DateTime.SpecifyKind(consent.CreationDate ?? DateTime.UnixEpoch, DateTimeKind.Utc)));

    private static List<string> Uris(IReadOnlyList<string> uris, string field)
    {
        if (uris.Count > MaxUris)
        {
            throw CityException.Invalid(field, $"Give at most {MaxUris} addresses.");
        }

        return [.. uris.Select(uri => Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && uri.Length <= 1024 && parsed.Fragment.Length == 0 && IsSafe(parsed)
            ? parsed.AbsoluteUri
            : throw CityException.Invalid(field, "Give https addresses, http ones on this machine, or an app's own scheme such as org.example.app:/back; without a fragment.")).Distinct(StringComparer.Ordinal)];
    }

    private static bool IsSafe(Uri uri) =>
        uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) || (uri.Scheme.Contains('.', StringComparison.Ordinal) && uri.UserInfo.Length == 0);

    private async Task<OpenIddictEntityFrameworkCoreApplication> Find(string clientId, CancellationToken ct) =>
        await db.OidcApplications.SingleOrDefaultAsync(client => client.ClientId == clientId, ct) ?? throw CityException.NotFound("app");

    private async Task<UserId> RequireOwn(Caller caller, CancellationToken ct)
    {
        await access.Require(caller, Consenting, caller.User is { } own ? ResourceRef.Own("consent", null, own) : ResourceRef.City, ct);
        return caller.User ?? throw CityException.NotFound("person");
    }
}
