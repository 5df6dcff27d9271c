using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Daarion.Tests.Integration.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>The two listeners, who comes in by which, and what every answer carries (contracts §1, §5).</summary>
[Collection(CityCollection.Name)]
public sealed class DoorTests(CityFixture city)
{
    [Theory]
    [InlineData("/internal/v1/team")]
    [InlineData("/INTERNAL/v1/team")]
    [InlineData("/internal")]
    [InlineData("/pdp/decide")]
    [InlineData("/metrics")]
    [InlineData("/openapi/internal.json")]
    public async Task What_is_internal_does_not_exist_on_the_public_listener(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = city.InternalUrl.Authority;

        using var answer = await city.Public.SendAsync(request);

        await IsProblem(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("/api/v1/me")]
    [InlineData("/auth/v1/code")]
    [InlineData("/connect/token")]
    [InlineData("/docs")]
    [InlineData("/openapi/public.json")]
    [InlineData("/")]
    public async Task What_is_public_does_not_exist_on_the_internal_listener(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = city.PublicUrl.Authority;

        using var answer = await city.Internal.SendAsync(request);

        await IsProblem(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_internal_listener_takes_service_keys_and_nobody_else()
    {
        var (_, cookie) = await city.SignInCookie();
        using var key = await city.ServiceClient("team.read");

        using var byKey = await key.GetAsync("/internal/v1/team");
        using var byNobody = await city.Internal.GetAsync("/internal/v1/team");
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/internal/v1/team");
        asked.Headers.Add("Cookie", cookie);
        using var byCookie = await city.Internal.SendAsync(asked);

        Assert.Equal(HttpStatusCode.OK, byKey.StatusCode);
        await IsProblem(byNobody, HttpStatusCode.Unauthorized, "unauthenticated");
        await IsProblem(byCookie, HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_forged_token_is_told_apart_from_a_missing_one()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/internal/v1/team");
        request.Headers.Add("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30.");

        using var forged = await city.Internal.SendAsync(request);
        using var missing = await city.Internal.GetAsync("/internal/v1/team");

        Assert.Contains("invalid_token", forged.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("invalid_token", missing.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("Bearer", missing.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_service_key_acts_for_a_person_only_where_it_may()
    {
        var person = await city.NewPerson();
        using var mayAct = await city.ServiceClient("team.read", "user.read", "service.act_as");
        using var mayNot = await city.ServiceClient("team.read", "user.read");
        foreach (var client in (HttpClient[])[mayAct, mayNot])
        {
            client.DefaultRequestHeaders.Add("Daarion-Subject", person.Id.Value);
        }

        using var allowed = await mayAct.GetAsync($"/internal/v1/user/{person.Id}");
        using var refused = await mayNot.GetAsync($"/internal/v1/user/{person.Id}");

        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.True(refused.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{refused.StatusCode}");
    }

    [Theory]
    [InlineData("u_nonsense")]
    [InlineData("t_city")]
    [InlineData("root")]
    public async Task A_subject_that_is_no_person_is_refused(string subject)
    {
        using var key = await city.ServiceClient("team.read");
        key.DefaultRequestHeaders.Add("Daarion-Subject", subject);

        using var answer = await key.GetAsync("/internal/v1/team");

        await IsProblem(answer, HttpStatusCode.BadRequest, "invalid_payload", "Daarion-Subject");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/api/v1/me")]
    [InlineData("/nowhere")]
    [InlineData("/docs")]
    public async Task Every_answer_carries_the_headers(string address)
    {
        using var answer = await city.Public.GetAsync(address);

        Assert.StartsWith("req_", answer.Headers.GetValues("X-Request-Id").Single(), StringComparison.Ordinal);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", answer.Headers.GetValues("traceparent").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("strict-origin-when-cross-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("OPTIONS")]
    public async Task Methods_that_are_not_served_are_refused(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/me");

        using var answer = await city.Public.SendAsync(request);

        await IsProblem(answer, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.NotEmpty(answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData(CityFixture.FriendlySite, "/api/v1/me", true)]
    [InlineData("https://evil.example", "/api/v1/me", false)]
    [InlineData(CityFixture.FriendlySite, "/auth/v1/code", false)]
    public async Task Only_a_configured_site_gets_leave_to_call_the_public_api(string origin, string path, bool isAllowed)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, path) { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "PATCH" } } };

        using var answer = await city.Public.SendAsync(preflight);

        if (isAllowed)
        {
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }
        else
        {
            await IsProblem(answer, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("198.51.100.20", "203.0.113.7")]
    [InlineData("192.0.2.20", "192.0.2.20")]
    public async Task Only_a_proxy_of_a_trusted_network_is_believed_whom_it_speaks_for(string sender, string expected)
    {
        var door = new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, city.Get<IOptions<ForwardedHeadersOptions>>());
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(sender) } };
        http.Request.Headers["X-Forwarded-For"] = "203.0.113.7";

        await door.Invoke(http);

        Assert.Equal(expected, http.Connection.RemoteIpAddress.ToString());
    }

    [Fact]
    public async Task A_version_to_compare_is_refused_where_there_is_none()
    {
        using var key = await city.ServiceClient("team.create");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/internal/v1/team/create") { Content = new StringContent("{}", null, "application/json"), Headers = { { "If-Match", "\"3\"" } } };

        using var answer = await key.SendAsync(request);

        await IsProblem(answer, HttpStatusCode.BadRequest, "invalid_payload", "If-Match");
    }

    [Theory]
    [InlineData("/internal/v1/events/streams")]
    [InlineData("/internal/v1/events/catalogue")]
    public async Task Short_lists_are_paged_like_long_ones(string path)
    {
        using var key = await city.ServiceClient("city.outbox.read");
        var whole = (await key.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").GetArrayLength();

        var (seen, cursor) = (0, (string?)string.Empty);
        while (cursor is not null)
        {
            var page = await key.GetFromJsonAsync<JsonElement>($"{path}?limit=5&cursor={cursor}");
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, 5);
            seen += page.GetProperty("items").GetArrayLength();
            cursor = page.GetProperty("next_cursor").GetString();
        }

        Assert.Equal(whole, seen);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("X-Nothing", "a program that is no browser", true)]
    public async Task A_signed_in_browser_changes_things_only_from_the_citys_own_pages(string header, string value, bool goesThrough)
    {
        var (browser, _) = await city.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/me") { Content = JsonContent.Create(new { display_name = "Оксана" }) };
        request.Headers.Add(header, value);

        using var answer = await browser.SendAsync(request);

        if (goesThrough)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        else
        {
            var problem = await IsProblem(answer, HttpStatusCode.Forbidden, "forbidden");
            Assert.Equal("cross_site", problem.GetProperty("reason").GetString());
        }
    }

    [Fact]
    public async Task The_citys_own_origin_may_change_things()
    {
        var (browser, _) = await city.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/me") { Content = JsonContent.Create(new { display_name = "Оксана" }) };
        request.Headers.Add("Origin", city.PublicUrl.GetLeftPart(UriPartial.Authority));

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("{\"name\":\"Сад\",\"nam\":1}", "nam")]
    [InlineData("{\"name\":\"Сад\",\"mode\":\"secret\"}", "mode")]
    [InlineData("{\"name\":\"Сад\",\"owner_user_id\":\"t_01jd3x6v7k9m2n4p5q8r0s1t2v\"}", "owner_user_id")]
    [InlineData("{\"name\":7}", "name")]
    [InlineData("{\"name\":null}", "name")]
    [InlineData("{}", "name")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "name")]
    [InlineData("{\"name\":\"a\\u0000b\"}", "body")]
    [InlineData("{\"name\":\"\\ud800\"}", "body")]
    [InlineData("[]", "body")]
    [InlineData("{\"name\":", "body")]
    public async Task A_bad_body_is_refused_by_the_name_of_its_field(string body, string field)
    {
        using var key = await city.ServiceClient("team.create");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await key.PostAsync("/internal/v1/team/create", content);

        var problem = await IsProblem(answer, HttpStatusCode.BadRequest, "invalid_payload", field);
        var text = problem.ToString();
        Assert.DoesNotContain("Daarion.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", null, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("application/x-www-form-urlencoded", null, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("application/json", "gzip", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    public async Task A_body_that_is_not_JSON_is_refused(string type, string? encoding, HttpStatusCode status, string code)
    {
        using var key = await city.ServiceClient("team.create");
        using var content = new StringContent("{\"name\":\"Сад\"}", Encoding.UTF8, type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using var answer = await key.PostAsync("/internal/v1/team/create", content);

        await IsProblem(answer, status, code);
    }

    [Fact]
    public async Task A_body_over_one_mebibyte_is_refused()
    {
        using var key = await city.ServiceClient("team.create");
        using var content = new StringContent($"{{\"name\":\"{new string('x', 1024 * 1024)}\"}}", Encoding.UTF8, "application/json");

        using var answer = await key.PostAsync("/internal/v1/team/create", content);

        await IsProblem(answer, HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("cursor=garbage", "cursor")]
    [InlineData("colour=blue", "colour")]
    public async Task A_bad_query_is_refused_by_the_name_of_its_field(string query, string field)
    {
        using var key = await city.ServiceClient("team.read");

        using var answer = await key.GetAsync($"/internal/v1/team?{query}");

        await IsProblem(answer, HttpStatusCode.BadRequest, "invalid_payload", field);
    }

    [Fact]
    public async Task A_stale_version_is_a_conflict_and_a_known_one_is_not_sent_again()
    {
        var (team, _) = await city.NewTeam();
        using var key = await city.ServiceClient("team.read", "team.update");
        using var first = await key.GetAsync($"/internal/v1/team/{team.Id}");
        var tag = first.Headers.ETag!;

        using var again = new HttpRequestMessage(HttpMethod.Get, $"/internal/v1/team/{team.Id}");
        again.Headers.IfNoneMatch.Add(tag);
        using var notModified = await key.SendAsync(again);
        using var fresh = await Rename(key, team.Id, tag.Tag, "Новий сад");
        using var stale = await Rename(key, team.Id, tag.Tag, "Старий сад");
        using var nonsense = await Rename(key, team.Id, "\"seven\"", "Сьомий сад");

        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.NotEqual(tag, fresh.Headers.ETag);
        await IsProblem(stale, HttpStatusCode.Conflict, "conflict");
        await IsProblem(nonsense, HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task The_city_says_that_it_is_ready_and_why()
    {
        var report = await city.Public.GetFromJsonAsync<JsonElement>("/health/ready");

        Assert.Equal("ready", report.GetProperty("status").GetString());
        Assert.Equal(["database", "migrations", "nats", "file_store"], report.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Metrics_name_every_service_that_worked()
    {
        using var key = await city.ServiceClient("team.read");
        await key.GetAsync("/internal/v1/team");

        var text = await city.Internal.GetStringAsync("/metrics");

        Assert.Contains("daarion_operation_duration", text, StringComparison.Ordinal);
        Assert.Contains("Daarion.teams", text, StringComparison.Ordinal);
    }

    /// <summary>Checks a problem's form.</summary>
    internal static async Task<JsonElement> IsProblem(HttpResponseMessage answer, HttpStatusCode status, string code, string? field = null)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode} instead of {status}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(answer.Headers.GetValues("X-Request-Id").Single(), problem.GetProperty("request_id").GetString());
        if (field is not null)
        {
            Assert.True(problem.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _), $"{field} is not named in {body}");
        }

        return problem;
    }

    private static async Task<HttpResponseMessage> Rename(HttpClient client, TeamId team, string tag, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/internal/v1/team/{team}") { Content = JsonContent.Create(new { name }) };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await client.SendAsync(request);
    }
}
