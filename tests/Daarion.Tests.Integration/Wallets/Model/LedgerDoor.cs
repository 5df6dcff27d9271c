using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Daarion.Tests.Integration.Wallets.Model;

/// <summary>A service key's way into a city that may end at any moment and comes back.</summary>
/// <param name="http">With the key's token.</param>
/// <param name="whenBack">Waits until the city answers again.</param>
internal sealed class LedgerDoor(HttpClient http, Func<Task> whenBack)
{
    /// <summary>What the key must hold.</summary>
    public static readonly string[] Capabilities =
    [
        "team.create", "team.read", "team.member.add", "user.read", "user.create", "wallet.payout.view", "wallet.payout.claim", "wallet.balance.view", "wallet.transfer", "wallet.convert",
        "wallet.stake.ringk", "city.wallet.audit", "city.wallet.approve", "city.wallet.mint", "city.payout.review", "service.mint.payout", "service.act_as",
    ];

    /// <summary>Sends once; null where the city ended before it answered, so that nobody knows whether it was done.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)?> Post(string path, object body, string? subject = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (subject is not null)
        {
            request.Headers.Add("Daarion-Subject", subject);
        }

        try
        {
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError))
            {
                return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It ended.
        }

        await whenBack();
        return null;
    }

    /// <summary>Makes something, however often it takes.</summary>
    public async Task<JsonElement> Make(string path, object body, string? subject = null)
    {
        while (true)
        {
            if (await Post(path, body, subject) is { } answer)
            {
                return answer.Status is HttpStatusCode.OK or HttpStatusCode.Created ? answer.Body : throw new InvalidOperationException($"{path}: {(int)answer.Status} {answer.Body}");
            }
        }
    }

    /// <summary>Reads, however often it takes.</summary>
    public async Task<JsonElement> Get(string path)
    {
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(path);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    return answer.IsSuccessStatusCode ? body : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {body}");
                }
            }
            catch (Exception e) when (e is HttpRequestException { StatusCode: null } or IOException)
            {
                // It is away.
            }

            await whenBack();
        }
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<List<JsonElement>> All(string path)
    {
        var all = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Get($"{path}&limit=200&cursor={Uri.EscapeDataString(cursor)}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }

        return all;
    }
}
