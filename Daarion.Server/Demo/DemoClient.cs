using System.Net.Http.Headers;
using System.Text.Json;

namespace Daarion.Server.Demo;

/// <summary>How to reach the city as an operator's own program does: both listeners and a service key.</summary>
internal sealed record DemoAccess(Uri PublicUrl, Uri InternalUrl, string ClientId, string ClientSecret)
{
    /// <summary>What the key must hold.</summary>
    public static readonly string[] Capabilities =
    [
        "user.create", "user.read", "team.create", "team.read", "team.member.add", "team.guardian.manage", "city.embassy.manage", "city.embassy.read", "wallet.payout.view", "wallet.payout.claim", "service.act_as",
    ];

    /// <summary>Says nothing: the secret is in it.</summary>
    public override string ToString() => nameof(DemoAccess);
}

/// <summary>The internal listener, as the demonstration calls it.</summary>
internal sealed class DemoClient : IDisposable
{
    private readonly HttpClient http;

    private DemoClient(HttpClient http) => this.http = http;

    /// <summary>Gets a token for the key.</summary>
    public static async Task<DemoClient> Connect(DemoAccess access, HttpClient publicFace, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = access.ClientId,
            ["client_secret"] = access.ClientSecret,
        });
        using var answer = await publicFace.PostAsync("/connect/token", form, ct);
        var token = (await Read(answer, ct)).GetProperty("access_token").GetString();
        var client = new HttpClient { BaseAddress = access.InternalUrl };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new DemoClient(client);
    }

    /// <summary>Reads something.</summary>
    public async Task<JsonElement> Get(string path, CancellationToken ct)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        return await Read(answer, ct);
    }

    /// <summary>Does something, for a person where one is named.</summary>
    public async Task<JsonElement> Post(string path, object body, CancellationToken ct, string? forPerson = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (forPerson is not null)
        {
            request.Headers.Add("Daarion-Subject", forPerson);
        }

        using var answer = await http.SendAsync(request, ct);
        return await Read(answer, ct);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task<JsonElement> Read(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.Clone()
            : throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri?.AbsolutePath} was answered {(int)answer.StatusCode}: {text}");
    }
}
