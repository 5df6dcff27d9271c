using System.Net.Http.Headers;
using System.Text.Json;

namespace Daarion.Tests.Integration.Running;

/// <summary>A client of the internal listener with a service key's token.</summary>
internal static class ServiceKeyClient
{
    public static async Task<HttpClient> For(Uri publicUrl, Uri internalUrl, string clientId, string clientSecret)
    {
        using var visitor = new HttpClient { BaseAddress = publicUrl };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = clientSecret,
        });
        using var answer = await visitor.PostAsync("/connect/token", form);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        var client = new HttpClient { BaseAddress = internalUrl };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", JsonDocument.Parse(body).RootElement.GetProperty("access_token").GetString());
        return client;
    }
}
