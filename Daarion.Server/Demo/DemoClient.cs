using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Daarion.Server.Settings;

namespace Daarion.Server.Demo;

/// <summary>How to reach the city as an operator's own program does: both listeners and a service key.</summary>
internal sealed record DemoAccess(Uri PublicUrl, Uri InternalUrl, string ClientId, string ClientSecret)
{
    /// <summary>What people call the key.</summary>
    public const string KeyName = "demo";

    /// <summary>What the key must hold.</summary>
    public static readonly string[] Capabilities =
    [
        "user.create", "user.read", "team.create", "team.read", "team.member.add", "team.guardian.manage", "city.embassy.manage", "city.embassy.read", "wallet.payout.view", "wallet.payout.claim", "service.act_as",
    ];

    /// <summary>How long the key is good if nobody is left to revoke it.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromMinutes(30);

    /// <summary>The city with these settings, from its own machine.</summary>
    public static DemoAccess To(CitySettings settings, string clientId, string clientSecret) =>
        new(Reachable(settings.Listen), Reachable(settings.InternalListen), clientId, clientSecret);

    /// <summary>Says nothing: the secret is in it.</summary>
    public override string ToString() => nameof(DemoAccess);

    // What binds every address is reached by loopback.
    private static Uri Reachable(Uri listen) => listen.Host is "0.0.0.0" or "[::]" ? new UriBuilder(listen) { Host = "127.0.0.1" }.Uri : listen;
}

/// <summary>The internal listener, as the demonstration calls it.</summary>
internal sealed class DemoClient : IDisposable
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly HttpClient http;
    private readonly TimeProvider clock;

    private DemoClient(HttpClient http, TimeProvider clock) => (this.http, this.clock) = (http, clock);

    /// <summary>Gets a token for the key.</summary>
    public static async Task<DemoClient> Connect(DemoAccess access, HttpClient publicFace, TimeProvider clock, CancellationToken ct)
    {
        HttpRequestMessage Asking() => new(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = access.ClientId,
                ["client_secret"] = access.ClientSecret,
            }),
        };
        using var answer = await Deliver(publicFace, Asking, clock, ct);
        var token = (await Read(answer, ct)).GetProperty("access_token").GetString();
        var client = new HttpClient { BaseAddress = access.InternalUrl };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new DemoClient(client, clock);
    }

    /// <summary>Sends a request, and sends it again while the city has too much to do: such an answer says that nothing came of it.</summary>
    /// <param name="http">To whom.</param>
    /// <param name="make">Makes the request, anew for each attempt.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="ct">Cancellation.</param>
    /// <exception cref="DemoFailedException">Nobody answers.</exception>
    public static async Task<HttpResponseMessage> Deliver(HttpClient http, Func<HttpRequestMessage> make, TimeProvider clock, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = make();
            var answer = await Once(http, request, ct);
            if (attempt == MaxAttempts || answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            {
                return answer;
            }

            var pause = answer.Headers.RetryAfter?.Delta ?? Pause;
            answer.Dispose();
            await Task.Delay(pause, clock, ct);
        }
    }

    /// <summary>Reads something.</summary>
    public async Task<JsonElement> Get(string path, CancellationToken ct)
    {
        using var answer = await Deliver(http, () => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), clock, ct);
        return await Read(answer, ct);
    }

    /// <summary>Does something, once however often it is sent, for a person where one is named.</summary>
    public async Task<JsonElement> Post(string path, object body, CancellationToken ct, string? forPerson = null)
    {
        var once = Guid.NewGuid().ToString("N");
        HttpRequestMessage Doing()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", once);
            if (forPerson is not null)
            {
                request.Headers.Add("Daarion-Subject", forPerson);
            }

            return request;
        }

        using var answer = await Deliver(http, Doing, clock, ct);
        return await Read(answer, ct);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task<HttpResponseMessage> Once(HttpClient http, HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(request, ct);
        }
        catch (HttpRequestException e)
        {
            throw new DemoFailedException($"The city does not answer at {http.BaseAddress}: {e.Message}", cause: e);
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new DemoFailedException($"The city does not answer at {http.BaseAddress} in time.", cause: e);
        }
    }

    private static async Task<JsonElement> Read(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.Clone()
            : throw new DemoFailedException($"{answer.RequestMessage?.RequestUri?.AbsolutePath} was answered {(int)answer.StatusCode}: {Reason(text)}", answer.StatusCode);
    }

    // The sentence of a problem document is for people; anything else is given as it came.
    private static string Reason(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() ?? text : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
