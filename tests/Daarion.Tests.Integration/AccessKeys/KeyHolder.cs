using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.AccessKeys;

/// <summary>Makes keys, and calls the public API with them.</summary>
internal static class KeyHolder
{
    public static Task<AccessKeySecret> MakeKey(this CityFixture city, Person maker, TeamId team, string? subject = null, params string[] caps) =>
        city.Get<IAccessKeyService>().Create(maker.Caller, new CreateAccessKey(team, "Садівник", subject is null ? null : KeySubject.Parse(subject), Caps: caps), default);

    public static async Task<Person> NewMember(this CityFixture city, TeamId team, Person owner, TeamRole role = TeamRole.Member)
    {
        var person = await city.NewPerson();
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team, person.Id, Role: role), default);
        return person;
    }

    public static Task<Called> Call(this CityFixture city, string secret, string path, object? body = null) => Call(city.Public, secret, path, body is null ? HttpMethod.Get : HttpMethod.Post, body);

    public static async Task<Called> Call(HttpClient client, string secret, string path, HttpMethod method, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var json = text.Length > 0 && text[0] == '{' ? JsonDocument.Parse(text).RootElement : default;
        return new Called(answer.StatusCode, json, text, answer.Headers.WwwAuthenticate.ToString());
    }
}

/// <summary>What a call came to.</summary>
internal sealed record Called(HttpStatusCode Status, JsonElement Body, string Text, string Challenge)
{
    public string? Reason => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("reason", out var reason) ? reason.GetString() : null;
}
