using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>A city in which an address may make few requests without saying who it is.</summary>
public sealed class ThriftyCity : FreshCity
{
    public const int Budget = 12;

    private protected override CitySettings Adjusted(CitySettings settings) => settings with { UnauthenticatedPerMinute = Budget };
}

public sealed class BudgetTests(ThriftyCity city) : IClassFixture<ThriftyCity>
{
    [Fact]
    public async Task Requests_without_a_caller_are_refused_when_their_address_has_used_up_its_minute()
    {
        BeginAMinute();
        using var browser = new Browser(city.PublicUrl);

        var answers = await Repeat(ThriftyCity.Budget + 1, () => browser.Http.GetAsync("/api/v1/me"));

        Assert.All(answers.SkipLast(1), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        await AssertUsedUp(answers[^1]);
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/revoke")]
    public async Task Wrong_secrets_use_up_the_budget_of_their_address(string path)
    {
        BeginAMinute();
        var key = await Key();
        using var guesser = new Browser(city.PublicUrl);
        using var another = new Browser(city.PublicUrl);

        var answers = await Repeat(ThriftyCity.Budget + 1, () => guesser.Http.PostAsync(path, Form(key.ClientId.Value, "guess")));
        using var elsewhere = await another.Http.PostAsync(path, Form(key.ClientId.Value, "guess"));

        Assert.All(answers.SkipLast(1).Append(elsewhere), answer => Assert.InRange((int)answer.StatusCode, 400, 401));
        await AssertUsedUp(answers[^1]);
    }

    [Fact]
    public async Task Wrong_access_keys_use_up_the_budget_of_their_address()
    {
        BeginAMinute();
        using var guesser = new Browser(city.PublicUrl);
        guesser.Http.DefaultRequestHeaders.Authorization = new("Bearer", $"{AccessKeyId.New(TimeProvider.System.GetUtcNow())}.guess");

        var answers = await Repeat(ThriftyCity.Budget + 1, () => guesser.Http.GetAsync("/api/v1/me"));

        Assert.All(answers.SkipLast(1), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        await AssertUsedUp(answers[^1]);
    }

    [Fact]
    public async Task A_right_secret_is_never_turned_away_for_wrong_ones_from_the_same_address()
    {
        BeginAMinute();
        var key = await Key();
        using var browser = new Browser(city.PublicUrl);
        await Repeat(ThriftyCity.Budget + 1, () => browser.Http.PostAsync("/connect/token", Form(key.ClientId.Value, "guess")));

        var good = await Repeat(3, () => browser.Http.PostAsync("/connect/token", Form(key.ClientId.Value, key.ClientSecret)));

        foreach (var answer in good)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!);
        }
    }

    [Fact]
    public async Task The_next_minute_begins_anew()
    {
        BeginAMinute();
        using var browser = new Browser(city.PublicUrl);
        var before = await Repeat(ThriftyCity.Budget + 1, () => browser.Http.GetAsync("/api/v1/me"));

        city.Clock.Turn(TimeSpan.FromMinutes(1));
        var after = await Repeat(1, () => browser.Http.GetAsync("/api/v1/me"));

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.Unauthorized), (before[^1].StatusCode, after[0].StatusCode));
    }

    private static async Task AssertUsedUp(HttpResponseMessage answer)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var seconds = (int)answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limited", "unauthenticated"), (answer.StatusCode, problem.GetProperty("code").GetString(), problem.GetProperty("reason").GetString()));
        Assert.InRange(seconds, 1, 60);
        Assert.Equal($"\"unauthenticated\";r=0;t={seconds.ToString(CultureInfo.InvariantCulture)}", Assert.Single(answer.Headers.GetValues("RateLimit")));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<List<HttpResponseMessage>> Repeat(int times, Func<Task<HttpResponseMessage>> send)
    {
        var answers = new List<HttpResponseMessage>();
        for (var time = 0; time < times; time++)
        {
            answers.Add(await send());
        }

        return answers;
    }

    private static FormUrlEncodedContent Form(string id, string secret) => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = id,
        ["client_secret"] = secret,
        ["token"] = "some",
    });

    private Task<ServiceKeySecret> Key() => city.Get<IServiceKeyService>().Create(Caller.ForService(ServiceName.Auth), new CreateServiceKey("meter", ["team.read"]), default);

    // A test that began at the end of a minute would see its count begin anew in the middle.
    private void BeginAMinute() => city.Clock.Turn(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(city.Clock.GetUtcNow().UtcTicks % TimeSpan.TicksPerMinute));
}
