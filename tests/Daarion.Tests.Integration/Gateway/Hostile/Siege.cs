using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Daarion.Server.Gateway;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>
/// Sends waves of requests to a city and holds it to its promises. What was refused must have changed nothing; a route that takes something is
/// asked apart from the others from then on, so that what it changed is not taken for what the others did.
/// </summary>
internal sealed class Siege(CityFixture city)
{
    private const int AtOnce = 8;
    private readonly RowsOfTheCity rows = new(city);
    private readonly HashSet<Route> takers = [];
    private readonly ConcurrentQueue<string> sessionsToEnd = [];
    private HttpClient? key;
    private string? cookie;

    /// <summary>What the next wave is about.</summary>
    public ThingsThere Things { get; private set; } = null!;

    /// <summary>Makes what a wave needs, and sees to it that whoever may do everything still can: an earlier wave may have ended that.</summary>
    public async Task Prepare()
    {
        Things = await ThingsThere.Make(city);
        key ??= await city.AlmightyKey();
        if (!await Answers(city.InternalUrl, "/internal/v1/team", null))
        {
            key = await city.AlmightyKey();
        }

        if (cookie is null || !await Answers(city.PublicUrl, "/api/v1/me", cookie))
        {
            (_, cookie) = await city.SignInCookie();
        }
    }

    /// <summary>Every promise holds for every request of a wave.</summary>
    public async Task Withstand(IReadOnlyList<HostileRequest> wave)
    {
        await Prepare();
        await Withstand(wave, Things);
    }

    /// <inheritdoc cref="Withstand(IReadOnlyList{HostileRequest})"/>
    public async Task Withstand(IReadOnlyList<HostileRequest> wave, ThingsThere things)
    {
        var before = await Look(wave);
        var apart = wave.Where(request => takers.Contains(request.Route)).ToList();
        var taken = await Send([.. wave.Except(apart)], things);
        if (taken.Count == 0)
        {
            await Unchanged(before, wave.Except(apart));
        }

        takers.UnionWith(taken.Select(request => request.Route));
        var takenApart = await Send(apart, things);
        var refused = taken.Count == 0 ? apart.Except(takenApart).ToList() : [.. wave.Except(taken).Except(takenApart)];
        if (refused.Count > 0)
        {
            // Sent again between two looks; what is taken the second time leaves nothing to compare.
            before = await Look(refused);
            if ((await Send(refused, things)).Count == 0)
            {
                await Unchanged(before, refused);
            }
        }
    }

    // The sessions that requests may end are made before the look, not between two looks.
    private async Task<IReadOnlyDictionary<string, string>> Look(IEnumerable<HostileRequest> ahead)
    {
        for (var missing = ahead.Count(NeedsASession) - sessionsToEnd.Count; missing > 0; missing--)
        {
            sessionsToEnd.Enqueue((await city.SignInCookie()).Cookie);
        }

        await rows.Quiet();
        return await rows.Fingerprint();
    }

    private static bool NeedsASession(HostileRequest request) =>
        request is { Sender: Sender.Almighty, Route: { Listener: Listener.Public, EndsSessions: true } } && !request.Headers.Any(header => header.Name == "Cookie");

    private async Task Unchanged(IReadOnlyDictionary<string, string> before, IEnumerable<HostileRequest> sent)
    {
        var changed = RowsOfTheCity.Changed(before, await rows.Fingerprint());
        Assert.True(changed.Count == 0, $"One of\n{string.Join('\n', sent)}\nwas refused and changed rows. Newest events:\n{await rows.NewestEvents()}\nWhat changed:\n{string.Join('\n', changed)}");
    }

    /// <summary>Sends requests and judges the answers; answers with those that were taken.</summary>
    private async Task<IReadOnlyList<HostileRequest>> Send(IReadOnlyList<HostileRequest> requests, ThingsThere things)
    {
        var taken = new ConcurrentBag<HostileRequest>();
        var broken = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, ct) =>
        {
            using var answer = await Sent(request, things, ct);
            if (answer is null)
            {
                taken.Add(request);
                return;
            }

            var body = await answer.Content.ReadAsStringAsync(ct);
            if (Promises.Broken(request, things, answer, body) is { } why)
            {
                broken.Add($"{why}\nto {request}\nwith {(int)answer.StatusCode} {(body.Length > 1000 ? body[..1000] : body)}\n");
            }

            if ((int)answer.StatusCode < 400 && !request.Route.IsSafe)
            {
                taken.Add(request);
            }
        });
        Assert.True(broken.IsEmpty, $"{string.Join('\n', broken)}\n{(broken.Any(one => one.Contains("with 5", StringComparison.Ordinal)) ? city.Log : string.Empty)}");
        return [.. taken];
    }

    // Null where the line was closed on a body over the limit. Who asks first sends it only after a success, of an operation that needs no body.
    private async Task<HttpResponseMessage?> Sent(HostileRequest request, ThingsThere things, CancellationToken ct)
    {
        try
        {
            return await Send(request, things, ct);
        }
        catch (HttpRequestException e) when (e.InnerException is IOException && things.Name(request.Body?.Bytes ?? []).Length > HostileBodies.Limit)
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> Send(HostileRequest request, ThingsThere things, CancellationToken ct)
    {
        var isInternal = request.Route.Listener == Listener.Internal;
        using var message = request.ToMessage(isInternal ? city.InternalUrl : city.PublicUrl, things);
        if (request.Sender == Sender.Almighty && isInternal && !message.Headers.Contains("Authorization"))
        {
            message.Headers.Authorization = key!.DefaultRequestHeaders.Authorization;
        }
        else if (request.Sender == Sender.Almighty && !isInternal && !message.Headers.Contains("Cookie"))
        {
            message.Headers.TryAddWithoutValidation("Cookie", NeedsASession(request) && sessionsToEnd.TryDequeue(out var own) ? own : cookie);
        }

        return await HostileLine.SendAsync(message, HttpCompletionOption.ResponseContentRead, ct);
    }

    private async Task<bool> Answers(Uri listener, string address, string? with)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(listener, address));
        if (with is null)
        {
            message.Headers.Authorization = key!.DefaultRequestHeaders.Authorization;
        }
        else
        {
            message.Headers.Add("Cookie", with);
        }

        using var answer = await HostileLine.SendAsync(message);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    // Sends what is not ASCII as well, and follows nothing.
    private static readonly HttpClient HostileLine = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });
}
