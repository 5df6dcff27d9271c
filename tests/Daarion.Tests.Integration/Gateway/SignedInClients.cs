using Daarion.Core;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>Callers as they come through the door.</summary>
internal static class SignedInClients
{
    /// <summary>A browser of an operator who signed in.</summary>
    public static async Task<(HttpClient Client, UserId Operator)> Browser(this CityFixture city)
    {
        var (made, cookie) = await city.SignInCookie();
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = city.PublicUrl };
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        return (client, made);
    }

    /// <summary>The session cookie of a new operator.</summary>
    public static async Task<(UserId Operator, string Cookie)> SignInCookie(this CityFixture city)
    {
        var made = await city.Get<IOperatorService>().Make(CityFixture.Service(ServiceName.Auth), new MakeOperator($"{city.Unique("browser")}@example.org", WithSignInLink: true), default);
        using var answer = await city.Public.GetAsync($"/auth/magic?token={made.SignInToken}");
        Assert.True((int)answer.StatusCode < 400, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (made.UserId, answer.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
    }

    /// <summary>A service key that holds everything there is.</summary>
    public static Task<HttpClient> AlmightyKey(this CityFixture city) => city.ServiceClient(
        [.. CityModules.All.SelectMany(module => module.Capabilities).Select(capability => capability.Code).Append("service.act_as").Distinct(StringComparer.Ordinal)]);
}
