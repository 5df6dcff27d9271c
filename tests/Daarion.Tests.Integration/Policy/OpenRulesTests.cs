using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Capabilities;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Policy;

/// <summary>The rules of the city are in the open: every resident reads them, those who run it change them, and people are listed for nobody else.</summary>
[Collection(CityCollection.Name)]
public sealed class OpenRulesTests(CityFixture city)
{
    private static readonly string[] Rules =
    [
        "capabilities", "capabilities/team.read", "bundles", "bundles/role.Owner", "plans", "plans/freemium", "registry", "registry/versions", "registry/diff?from=0&to=1",
    ];

    [Fact]
    public async Task A_resident_reads_each_of_them_and_nobody_does_without_a_sign_in()
    {
        using var resident = await Browser.SignedIn(city, (await city.NewPerson()).Email);

        foreach (var rule in Rules)
        {
            using var read = await resident.Http.GetAsync($"/api/v1/{rule}");
            using var unsigned = await city.Public.GetAsync($"/api/v1/{rule}");

            Assert.Equal((rule, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (rule, read.StatusCode, unsigned.StatusCode));
        }
    }

    [Fact]
    public async Task A_resident_sees_what_those_who_run_the_city_see()
    {
        var (resident, reader, registry) = (await city.NewPerson(), await city.NewOperator(), city.Get<ICapabilityService>());

        foreach (var caller in new[] { resident.Caller, reader.Caller })
        {
            var (bundles, plans) = (await registry.ListBundles(caller, new BundleFilter(BundleKind.Role), default), await registry.ListPlans(caller, new PlansRequest(), default));
            var (owner, overview) = (await registry.GetBundle(caller, new BundleRequest("city.Owner"), default), await registry.GetRegistry(caller, new RegistryRequest(), default));

            Assert.Superset(new HashSet<string>(["role.Visitor", "role.Owner", "city.Member", "city.Owner"]), bundles.Items.Select(bundle => bundle.Name).ToHashSet(StringComparer.Ordinal));
            Assert.Equal(Enum.GetValues<TeamPlan>(), plans.Items.Select(plan => plan.Plan));
            Assert.Contains(owner.Capabilities, held => held.Capability == "city.capability.manage");
            Assert.NotEmpty(overview.Prices);
            Assert.NotEmpty(overview.Multipliers);
        }
    }

    [Theory]
    [InlineData("PUT", "bundles/role.Owner/caps", """{"add":["task.create"]}""")]
    [InlineData("PUT", "plans/freemium/entitlements", """{"entitlements":[{"metric":"messages","quota":"2000"}]}""")]
    [InlineData("POST", "capabilities", """{"code":"garden.bed.book","description":"Book a bed","risk":"low"}""")]
    [InlineData("POST", "registry/check", """{"operations":[{"op":"remove_cap","bundle":"role.Visitor","capability":"team.read"}]}""")]
    [InlineData("GET", "who-can?action=team.create", null)]
    public async Task A_resident_neither_changes_them_nor_learns_whom_they_let_do_what(string method, string rule, string? body)
    {
        using var resident = await Browser.SignedIn(city, (await city.NewPerson()).Email);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{rule}") { Content = body is null ? null : JsonContent.Create(JsonDocument.Parse(body).RootElement) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        using var refused = await resident.Http.SendAsync(request);

        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.Forbidden, "no_role"), (refused.StatusCode, problem.GetProperty("reason").GetString()));
    }
}
