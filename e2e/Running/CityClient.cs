using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Daarion.E2E.Running;

/// <summary>An operator's script with a service key: it asks for a new token in time and tries again while the city is away.</summary>
public sealed class CityClient : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient http;
    private readonly Uri tokenUrl;
    private readonly string clientId;
    private readonly string clientSecret;
    private DateTimeOffset tokenEnds;

    private CityClient(Uri address, JsonElement key)
    {
        http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        tokenUrl = new Uri(key.GetProperty("token_url").GetString()!);
        clientId = key.GetProperty("client_id").GetString()!;
        clientSecret = key.GetProperty("client_secret").GetString()!;
    }

    /// <summary>Makes a service key with the capabilities and a client that uses it.</summary>
    public static async Task<CityClient> Create(CityProcess city, params string[] capabilities) =>
        new(city.InternalUrl, await city.Admin("admin", "service-key", "--name", $"e2e-{Guid.NewGuid():N}"[..16], "--caps", string.Join(',', capabilities)));

    public Task<JsonElement> Get(string path, CancellationToken ct = default) => Send(() => new HttpRequestMessage(HttpMethod.Get, path), ct);

    public Task<JsonElement> Post(string path, object body, string? subject = null, CancellationToken ct = default) => Send(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
            if (subject is not null)
            {
                request.Headers.Add("Daarion-Subject", subject);
            }

            return request;
        },
        ct);

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<List<JsonElement>> All(string path, CancellationToken ct = default)
    {
        var all = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Get($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200&cursor={Uri.EscapeDataString(cursor)}", ct);
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }

        return all;
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> Send(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        using var pace = new PeriodicTimer(Pause);
        for (; ; await pace.WaitForNextTickAsync(ct))
        {
            try
            {
                await RenewToken(ct);
                using var request = make();
                using var answer = await http.SendAsync(request, ct);
                var text = await answer.Content.ReadAsStringAsync(ct);
                if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
                {
                    continue;
                }

                Assert.True(answer.IsSuccessStatusCode, $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {text}");
                return JsonDocument.Parse(text).RootElement.Clone();
            }
            catch (HttpRequestException)
            {
                // The city is away; it comes back.
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                // It did not answer in time; the same again.
            }
        }
    }

    private async Task RenewToken(CancellationToken ct)
    {
        if (TimeProvider.System.GetUtcNow() < tokenEnds)
        {
            return;
        }

        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = clientSecret,
        });
        using var answer = await http.PostAsync(tokenUrl, form, ct);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            throw new HttpRequestException("No token now.");
        }

        var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct)).RootElement;
        Assert.True(answer.IsSuccessStatusCode, token.ToString());
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        tokenEnds = TimeProvider.System.GetUtcNow().AddSeconds(token.GetProperty("expires_in").GetInt32() / 2.0);
    }
}
