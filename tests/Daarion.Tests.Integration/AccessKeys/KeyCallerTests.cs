using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.AccessKeys;

/// <summary>Who calls when a key calls: in events, under an idempotency key, in the document, in the PDP's questions.</summary>
[Collection(CityCollection.Name)]
public sealed class KeyCallerTests(CityFixture city)
{
    [Theory]
    [InlineData(null, "user")]
    [InlineData("agent:gardener", "agent")]
    [InlineData("integration:crm", "integration")]
    public async Task Events_name_the_keys_subject_as_their_actor(string? subject, string kind)
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, subject, "team.update");

        var changed = await KeyHolder.Call(city.Public, made.Secret, $"/api/v1/teams/{team.Id}", HttpMethod.Patch, new { name = city.Unique("Гай") });

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand("select payload->'actor'->>'kind' || ' ' || (payload->'actor'->>'id') from outbox.outbox_events where topic = 'team.updated' and sequence_key = $1", connection) { Parameters = { new() { Value = team.Id.Value } } };
        Assert.Equal($"{kind} {subject ?? owner.Id.Value}", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task An_answer_that_one_key_got_is_not_given_to_another_of_the_same_person()
    {
        var (team, owner) = await city.NewTeam();
        var (wide, narrow) = (await city.MakeKey(owner, team.Id, null, "policy.explain"), await city.MakeKey(owner, team.Id, null, "team.read"));
        var once = city.Unique("once");

        var (first, again, other) = (await Explain(wide), await Explain(wide), await Explain(narrow));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden), (first.Status, again.Status, other.Status));

        async Task<(HttpStatusCode Status, string Text)> Explain(AccessKeySecret key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/decisions/explain") { Content = JsonContent.Create(new { subject = new { id = owner.Id.Value, kind = "user" }, action = "team.read", team_id = team.Id.Value }) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
            request.Headers.Add("Idempotency-Key", once);
            using var answer = await city.Public.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task The_public_document_says_that_keys_come_in_and_the_internal_one_does_not()
    {
        var open = await city.Public.GetFromJsonAsync<JsonElement>("/openapi/public.json");
        var closed = await city.Internal.GetFromJsonAsync<JsonElement>("/openapi/internal.json");
        var create = open.GetProperty("paths").GetProperty("/api/v1/teams/{team_id}/keys").GetProperty("post");

        Assert.Equal("bearer", open.GetProperty("components").GetProperty("securitySchemes").GetProperty("access_key").GetProperty("scheme").GetString());
        Assert.Equal(["session", "access_key"], create.GetProperty("security").EnumerateArray().Select(one => one.EnumerateObject().Single().Name));
        Assert.Equal("access_key.create", create.GetProperty("x-daarion-capability").GetString());
        Assert.DoesNotContain("\"access_key\":", closed.GetProperty("components").GetProperty("securitySchemes").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_PDP_decides_over_HTTP_for_a_key_that_is_named()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.MakeKey(owner, team.Id, "agent:gardener", "team.read");
        using var scripts = await city.ServiceClient("team.read");

        var (may, mayNot, notTheirs) = (await Decide("agent:gardener", "team.read"), await Decide("agent:gardener", "team.update"), await Decide("agent:other", "team.read"));

        Assert.Equal((Reasons.Ok, Reasons.CapabilityMissing, Reasons.KeyInvalid), (may, mayNot, notTheirs));

        async Task<string?> Decide(string subject, string action)
        {
            using var answer = await scripts.PostAsJsonAsync("/pdp/decide", new { subject = new { id = subject, kind = "agent" }, action, team_id = team.Id.Value, key_id = made.Id.Value });
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString();
        }
    }
}
