using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.SignIn;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

/// <summary>Signing keys change while the city runs, and nobody's token is worth less for it.</summary>
public sealed class SigningKeyTests(FreshCity city) : IClassFixture<FreshCity>
{
    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_what_it_signs_is_good_without_a_restart()
    {
        var key = await city.Get<IServiceKeyService>().Create(Caller.ForService(ServiceName.Auth), new CreateServiceKey("meter", ["team.read"]), default);
        var rotation = city.Get<SigningKeyRotation>();
        var first = Assert.Single(await Published());
        Assert.Equal(first, await SignerOfGoodToken(key));

        city.Clock.Turn(KeyRing.SigningPeriod + TimeSpan.FromMinutes(1));
        await rotation.Look();
        await SignerOfGoodToken(key);
        await rotation.Look();
        var both = await Published();

        Assert.Equal(2, both.Count);
        Assert.Equal(first, await SignerOfGoodToken(key));

        city.Clock.Turn(KeyRing.IntroductionPeriod);
        await rotation.Look();

        Assert.Equal(Assert.Single(both, kid => kid != first), await SignerOfGoodToken(key));
        Assert.Equal(both.Order(StringComparer.Ordinal), (await Published()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_key_that_another_process_made_is_published_here_too()
    {
        var other = new KeyRing(new Daarion.Server.Settings.CitySettings
        {
            DataFolder = city.DataFolder,
            PublicUrl = city.PublicUrl,
            Listen = city.PublicUrl,
            InternalListen = city.InternalUrl,
        }, city.Clock);
        city.Clock.Turn(KeyRing.SigningPeriod + TimeSpan.FromMinutes(1));
        var theirs = other.SigningKeys().Select(key => key.KeyId).Order(StringComparer.Ordinal);

        await city.Get<SigningKeyRotation>().Look();

        Assert.Equal(theirs, (await Published()).Order(StringComparer.Ordinal));
    }

    private async Task<string> SignerOfGoodToken(ServiceKeySecret key)
    {
        using var publicly = new HttpClient { BaseAddress = city.PublicUrl };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = key.ClientId.Value,
            ["client_secret"] = key.ClientSecret,
        });
        using var made = await publicly.PostAsync("/connect/token", form);
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        using var internally = new HttpClient { BaseAddress = city.InternalUrl, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var used = await internally.GetAsync("/internal/v1/team");
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        return JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0])).RootElement.GetProperty("kid").GetString()!;
    }

    private async Task<IReadOnlyList<string>> Published()
    {
        using var http = new HttpClient { BaseAddress = city.PublicUrl };
        var keys = await http.GetFromJsonAsync<JsonElement>("/.well-known/jwks");
        return [.. keys.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];
    }
}
