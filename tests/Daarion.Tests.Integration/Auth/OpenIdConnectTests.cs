using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;
using Daarion.Tests.Integration.Running;
using Duende.IdentityModel.Client;
using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;

namespace Daarion.Tests.Integration.Auth;

/// <summary>An OpenID Connect client that no one here wrote signs people in.</summary>
[Collection(CityCollection.Name)]
public sealed class OpenIdConnectTests(CityFixture city)
{
    private const string Callback = "http://127.0.0.1:5999/callback";

    [Fact]
    public async Task The_discovery_document_and_the_keys_are_there()
    {
        using var http = new HttpClient();
        var address = city.PublicUrl.ToString().TrimEnd('/');

        var document = await http.GetDiscoveryDocumentAsync(new DiscoveryDocumentRequest { Address = address, Policy = { RequireHttps = false } });

        Assert.False(document.IsError, document.Error);
        Assert.Equal($"{address}/connect/token", document.TokenEndpoint);
        Assert.Contains("S256", document.CodeChallengeMethodsSupported);
        var key = Assert.Single(document.KeySet!.Keys, key => key.Use == "sig");
        Assert.Equal(("RSA", "RS256"), (key.Kty, key.Alg));
        Assert.Null(key.D);
    }

    [Fact]
    public async Task A_person_signs_in_to_an_outside_app_and_consents_once()
    {
        var person = await city.NewPerson("Соломія");
        var app = await App();
        using var browser = await Browser.SignedIn(city, person.Email);
        var screen = new Screen(browser, allow: true);

        var first = await Client(app, screen).LoginAsync(new LoginRequest());
        var second = await Client(app, screen).LoginAsync(new LoginRequest());

        Assert.False(first.IsError, $"{first.Error} {first.ErrorDescription}");
        Assert.False(second.IsError, $"{second.Error} {second.ErrorDescription}");
        Assert.Equal(person.Id.Value, first.User.FindFirst("sub")?.Value);
        Assert.Equal("Соломія", first.User.FindFirst("name")?.Value);
        Assert.Equal(person.Email, first.User.FindFirst("email")?.Value);
        Assert.Equal(1, screen.Asked);
    }

    [Fact]
    public async Task An_app_that_wants_the_person_asked_again_has_them_asked_once_each_time()
    {
        var person = await city.NewPerson();
        using var browser = await Browser.SignedIn(city, person.Email);
        var screen = new Screen(browser, allow: true);
        var client = Client(await App(), screen);
        var asking = new LoginRequest { FrontChannelExtraParameters = new Parameters([KeyValuePair.Create("prompt", "consent")]) };

        var first = await client.LoginAsync(asking);
        var second = await client.LoginAsync(asking);

        Assert.False(first.IsError, $"{first.Error} {first.ErrorDescription}");
        Assert.False(second.IsError, $"{second.Error} {second.ErrorDescription}");
        Assert.Equal(2, screen.Asked);
        using var list = await browser.Http.GetAsync("/api/v1/me/consents");
        Assert.Single((await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Only_the_form_says_yes()
    {
        using var browser = await Browser.SignedIn(city, (await city.NewPerson()).Email);

        using var answer = await browser.Http.GetAsync($"{Authorize(await App())}&decision=allow");

        Assert.StartsWith(SignInPages.Consent, answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consent_stands_in_the_log()
    {
        var (boss, person) = (await city.NewOperator(), await city.NewPerson());
        using var browser = await Browser.SignedIn(city, person.Email);

        await Client(await App(), new Screen(browser, allow: true)).LoginAsync(new LoginRequest());

        await Eventually.True(
            async () => (await city.Get<ITelemetryService>().ListAudit(boss.Caller, new ListAudit(new PageRequest(), TargetId: person.Id.Value), default)).Items.Any(record => record.Action == "auth.consent.granted" && record.ActorId == person.Id.Value),
            () => "the consent is in the log");
    }

    [Fact]
    public async Task An_app_that_wants_a_fresh_sign_in_gets_one_that_is_fresh()
    {
        var person = await city.NewPerson();
        var address = $"{Authorize(await App())}&prompt=login";
        using var stale = await Browser.SignedIn(city, person.Email);
        await using (var database = await city.OpenDatabase())
        {
            await using var command = new Npgsql.NpgsqlCommand("update auth.sessions set created_at = created_at - interval '6 minutes' where user_id = $1", database) { Parameters = { new() { Value = person.Id.Value } } };
            await command.ExecuteNonQueryAsync();
        }

        using var sentBack = await stale.Http.GetAsync(address);
        using var fresh = await Browser.SignedIn(city, person.Email);
        using var goesOn = await fresh.Http.GetAsync(address);

        Assert.StartsWith("/sign-in?return_url=%2Fconnect%2Fauthorize%3F", sentBack.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Contains("prompt%3Dlogin", sentBack.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith(SignInPages.Consent, goesOn.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_token_gives_new_tokens_until_the_consent_is_taken_back()
    {
        var person = await city.NewPerson();
        var app = await App();
        using var browser = await Browser.SignedIn(city, person.Email);
        var client = Client(app, new Screen(browser, allow: true));
        var login = await client.LoginAsync(new LoginRequest());

        var refreshed = await client.RefreshTokenAsync(login.RefreshToken);
        var info = await client.GetUserInfoAsync(refreshed.AccessToken);
        using var list = await browser.Http.GetAsync("/api/v1/me/consents");
        var consent = Assert.Single((await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray());
        using var revoked = await browser.Http.DeleteAsync($"/api/v1/me/consents/{consent.GetProperty("id").GetString()}");
        var after = await client.RefreshTokenAsync(refreshed.RefreshToken);

        Assert.False(refreshed.IsError, refreshed.Error);
        Assert.Equal(person.Id.Value, info.Claims.Single(claim => claim.Type == "sub").Value);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.True(after.IsError);
    }

    [Fact]
    public async Task A_spent_refresh_token_is_refused_and_ends_what_came_of_it()
    {
        var person = await city.NewPerson();
        using var browser = await Browser.SignedIn(city, person.Email);
        var client = Client(await App(), new Screen(browser, allow: true));
        var login = await client.LoginAsync(new LoginRequest());
        var first = await client.RefreshTokenAsync(login.RefreshToken);

        var stolen = await client.RefreshTokenAsync(login.RefreshToken);
        var after = await client.RefreshTokenAsync(first.RefreshToken);

        Assert.False(first.IsError, first.Error);
        Assert.Equal(("invalid_grant", "invalid_grant"), (stolen.Error, after.Error));
    }

    [Fact]
    public async Task An_app_takes_its_refresh_token_back()
    {
        var person = await city.NewPerson();
        using var browser = await Browser.SignedIn(city, person.Email);
        var app = await App();
        var client = Client(app, new Screen(browser, allow: true));
        var login = await client.LoginAsync(new LoginRequest());
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("client_id", app.ClientId), KeyValuePair.Create("token", login.RefreshToken)]);

        using var revoked = await city.Public.PostAsync("/connect/revoke", form);
        var after = await client.RefreshTokenAsync(login.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal("invalid_grant", after.Error);
    }

    [Fact]
    public async Task Who_says_no_goes_back_to_the_app_without_a_code()
    {
        var person = await city.NewPerson();
        var app = await App();
        using var browser = await Browser.SignedIn(city, person.Email);

        var login = await Client(app, new Screen(browser, allow: false)).LoginAsync(new LoginRequest());

        Assert.Equal("access_denied", login.Error);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_the_sign_in_page_and_back()
    {
        var app = await App();
        using var browser = new Browser(city);

        using var answer = await browser.Http.GetAsync(
            $"/connect/authorize?client_id={app.ClientId}&redirect_uri={Uri.EscapeDataString(Callback)}&response_type=code&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");

        Assert.StartsWith("/sign-in?return_url=%2Fconnect%2Fauthorize%3Fclient_id%3D", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_asks_without_a_word_hears_that_nobody_is_signed_in()
    {
        var app = await App();
        using var browser = new Browser(city);

        using var answer = await browser.Http.GetAsync(
            $"/connect/authorize?client_id={app.ClientId}&redirect_uri={Uri.EscapeDataString(Callback)}&response_type=code&scope=openid&prompt=none&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");

        Assert.StartsWith($"{Callback}?error=login_required", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redirect_uri=https%3A%2F%2Felsewhere.example.org%2F")]
    [InlineData("code_challenge=")]
    [InlineData("scope=openid%20wallet.payout.claim")]
    public async Task A_request_that_is_not_the_apps_own_is_refused(string wrong)
    {
        var app = await App();
        using var browser = await Browser.SignedIn(city, (await city.NewPerson()).Email);
        var fields = HttpUtility.ParseQueryString(
            $"client_id={app.ClientId}&redirect_uri={Uri.EscapeDataString(Callback)}&response_type=code&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
        foreach (string name in HttpUtility.ParseQueryString(wrong))
        {
            fields[name] = HttpUtility.ParseQueryString(wrong)[name];
        }

        using var answer = await browser.Http.GetAsync($"/connect/authorize?{fields}");

        Assert.DoesNotContain("code=", answer.Headers.Location?.Query ?? string.Empty, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere.example.org", answer.Headers.Location?.OriginalString ?? string.Empty, StringComparison.Ordinal);
        Assert.DoesNotContain(SignInPages.Consent, answer.Headers.Location?.OriginalString ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_citys_keys_are_readable_by_its_own_user_alone()
    {
        using var _ = await city.Public.GetAsync("/.well-known/jwks");

        var files = Directory.GetFiles(Path.Combine(city.DataFolder, "keys"));

        Assert.Contains(files, file => Path.GetFileName(file).StartsWith("signing-", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    private static string Authorize(OidcClientSecret app) =>
        $"/connect/authorize?client_id={app.ClientId}&redirect_uri={Uri.EscapeDataString(Callback)}&response_type=code&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    private async Task<OidcClientSecret> App() =>
        await city.Get<IOidcClientService>().Create((await city.NewOperator()).Caller, new CreateOidcClient(city.Unique("Застосунок"), [Callback]), default);

    private OidcClient Client(OidcClientSecret app, IBrowser screen) => new(new OidcClientOptions
    {
        Authority = city.PublicUrl.ToString().TrimEnd('/'),
        ClientId = app.ClientId,
        RedirectUri = Callback,
        Scope = "openid profile email offline_access",
        Browser = screen,
        Policy = { Discovery = { RequireHttps = false } },
    });

    private static class SignInPages
    {
        public const string Consent = "/consent";
    }

    /// <summary>The person at the browser: follows the redirects and answers the consent page with its own form.</summary>
    private sealed class Screen(Browser browser, bool allow) : IBrowser
    {
        public int Asked { get; private set; }

        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
        {
            var address = options.StartUrl;
            for (var step = 0; step < 10; step++)
            {
                if (address.StartsWith(Callback, StringComparison.Ordinal))
                {
                    return new BrowserResult { ResultType = BrowserResultType.Success, Response = address };
                }

                address = address.StartsWith(SignInPages.Consent, StringComparison.Ordinal) ? await Answer(address) : await Follow(address, cancellationToken);
            }

            return new BrowserResult { ResultType = BrowserResultType.UnknownError, Error = $"still at {address}" };
        }

        private async Task<string> Follow(string address, CancellationToken ct)
        {
            using var answer = await browser.Http.GetAsync(address, ct);
            return answer.Headers.Location?.OriginalString ?? throw new InvalidOperationException($"{address}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
        }

        private async Task<string> Answer(string address)
        {
            Asked++;
            var query = HttpUtility.ParseQueryString(address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..]);
            var fields = query.AllKeys.Select(name => (name!, query[name]!)).Append(("decision", allow ? "allow" : "deny"));
            using var page = await browser.Post("/connect/authorize", [.. fields]);
            var html = await page.Content.ReadAsStringAsync();
            Assert.True(page.StatusCode == HttpStatusCode.OK, html);
            var start = html.IndexOf("url=", StringComparison.Ordinal) + 4;
            return WebUtility.HtmlDecode(html[start..html.IndexOf('"', start)]);
        }
    }
}
