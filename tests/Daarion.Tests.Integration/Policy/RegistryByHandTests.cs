using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Policy;

/// <summary>The registry changed by operators and by scripts with a service key, over HTTP.</summary>
[Collection(CityCollection.Name)]
public sealed class RegistryByHandTests(CityFixture city)
{
    [Fact]
    public async Task A_new_capability_in_a_new_bundle_is_a_version_each_with_a_readable_diff()
    {
        using var client = await city.ServiceClient("service.update.capabilities", "capability.read");
        var (code, bundle) = ($"garden.bed_{Guid.NewGuid().ToString("N")[..8]}.book", $"custom.g{Guid.NewGuid().ToString("N")[..8]}");
        var before = await Version(client);

        using var made = await client.PostAsJsonAsync("/internal/v1/capability", new { code, description = "Book a bed in the garden", risk = "low" });
        using var given = await client.PutAsJsonAsync($"/internal/v1/bundle/{bundle}/caps", new { add = new[] { code + ":own", "task.create" } });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.StatusCode, given.StatusCode));
        var diff = await client.GetFromJsonAsync<JsonElement>($"/internal/v1/registry/diff?from={before}&to={before + 2}");
        Assert.Equal(
            [$"capability {code} null low", $"bundle {bundle} null custom", $"grant {bundle} {code} null own", $"grant {bundle} task.create null all"],
            diff.GetProperty("changes").EnumerateArray().Select(change => $"{change.GetProperty("kind").GetString()} {change.GetProperty("target").GetString()} {change.GetProperty("before").GetString() ?? "null"} {change.GetProperty("after").GetString()}"));
        Assert.Equal(new Grant(DecisionScope.Own), (await city.Get<IPolicySnapshots>().Current(default)).Find(bundle).Grants[code]);

        using var twice = await client.PostAsJsonAsync("/internal/v1/capability", new { code, description = "Once more", risk = "low" });
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
    }

    [Fact]
    public async Task A_bundle_that_changed_meanwhile_is_not_written_over()
    {
        using var client = await city.ServiceClient("service.update.capabilities", "capability.read");
        var bundle = $"custom.g{Guid.NewGuid().ToString("N")[..8]}";
        using var first = await client.PutAsJsonAsync($"/internal/v1/bundle/{bundle}/caps", new { add = new[] { "task.create" } });
        var tag = first.Headers.ETag!;
        using var second = await Put(client, bundle, tag.ToString(), "task.update");
        using var stale = await Put(client, bundle, tag.ToString(), "file.read");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (second.StatusCode, stale.StatusCode));
        Assert.Equal("stale_version", (await stale.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("role.Visitor", "team.member.add", "rule_escalation", "add[0]")]
    [InlineData("role.Member", "wallet.transfer", "rule_escalation", "add[0]")]
    [InlineData("agent.default", "governance.vote.cast", "rule_consistency", "add[0]")]
    [InlineData("role.Guardian", "wallet.transfer", "policy_required", null)]
    public async Task What_no_change_may_do_and_what_needs_a_vote_is_refused(string bundle, string code, string reason, string? field)
    {
        using var client = await city.ServiceClient("service.update.capabilities");

        using var refused = await client.PutAsJsonAsync($"/internal/v1/bundle/{bundle}/caps", new { add = new[] { code } });

        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.Conflict, reason), (refused.StatusCode, problem.GetProperty("reason").GetString()));
        Assert.Equal(field, problem.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(error => error.Name).FirstOrDefault() : null);
        Assert.False((await city.Get<IPolicySnapshots>().Current(default)).Find(bundle).Grants.TryGetValue(code, out var grant) && grant.Scope == DecisionScope.All && bundle != "role.Guardian");
    }

    [Fact]
    public async Task Quotas_of_plans_are_changed_by_vote_only_and_a_check_says_what_they_would_be()
    {
        using var client = await city.ServiceClient("service.update.capabilities", "capability.check");

        using var refused = await client.PutAsJsonAsync("/internal/v1/plan/casual/entitlements", new { entitlements = new[] { new { metric = "agent_runs", quota = "250" } } });
        using var tried = await client.PostAsJsonAsync("/internal/v1/registry/check", new { operations = new[] { new { op = "set_quota", plan = "casual", metric = "agent_runs", quota = 250 } } });

        Assert.Equal("policy_required", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        var check = await tried.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(0, check.GetProperty("violations").GetArrayLength());
        Assert.Equal(("entitlement", "200 / day, at most 400", "250 / day, at most 500"), (check.GetProperty("changes")[0].GetProperty("kind").GetString(), check.GetProperty("changes")[0].GetProperty("before").GetString(), check.GetProperty("changes")[0].GetProperty("after").GetString()));
        Assert.Equal(("set_quota", "200.000000000"), (check.GetProperty("inverse")[0].GetProperty("op").GetString(), check.GetProperty("inverse")[0].GetProperty("quota").GetString()));
    }

    [Fact]
    public async Task Who_does_not_run_the_city_changes_nothing()
    {
        var person = await city.NewPerson();

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Get<IRegistryService>().PutBundleCaps(person.Caller, new PutBundleCaps("custom.mine", ["task.create"]), default));

        Assert.Equal(ErrorCode.Forbidden, refused.Code);
    }

    private static async Task<long> Version(HttpClient client) => (await client.GetFromJsonAsync<JsonElement>("/internal/v1/registry")).GetProperty("version").GetInt64();

    private static async Task<HttpResponseMessage> Put(HttpClient client, string bundle, string tag, string add)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/internal/v1/bundle/{bundle}/caps") { Content = JsonContent.Create(new { add = new[] { add } }) };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await client.SendAsync(request);
    }
}
