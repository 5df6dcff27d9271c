using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Usage;

namespace Daarion.Tests.Integration.Usage;

/// <summary>The service as its callers meet it over HTTP, and what it says of itself.</summary>
public sealed class UsageApiTests(StrictCity city) : IClassFixture<StrictCity>
{
    [Fact]
    public async Task Units_are_reserved_settled_released_and_counted()
    {
        city.BeginAnHour();
        var (team, _) = await city.NewTeam();
        using var service = await city.ServiceClient("service.write.usage", "usage.read");

        var first = await Post(service, "reserve", new { team_id = team.Value, metric = "agent_runs", units = "12", ttl = 60 });
        var second = await Post(service, "reserve", new { team_id = team.Value, metric = "agent_runs", units = "5", ttl = 60 });
        using var refused = await service.PostAsJsonAsync("/internal/v1/usage/reserve", new { team_id = team.Value, metric = "agent_runs", units = "4", ttl = 60 });
        var settled = await Post(service, "settle", new { reservation = Text(first, "reservation"), units = "13" });
        var again = await Post(service, "settle", new { reservation = Text(first, "reservation"), units = "13" });
        using var other = await service.PostAsJsonAsync("/internal/v1/usage/settle", new { reservation = Text(first, "reservation"), units = "1" });
        await Post(service, "release", new { reservation = Text(second, "reservation") });
        using var gone = await service.PostAsJsonAsync("/internal/v1/usage/release", new { reservation = Text(second, "reservation") });
        for (var time = 0; time < 2; time++)
        {
            await Post(service, "increment", new { team_id = team.Value, metric = "agent_runs", units = "3", source_id = $"run-{team}", agent = "ag_1" });
        }

        using var answer = await service.GetAsync($"/internal/v1/usage/{team}");
        var runs = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("metrics").EnumerateArray().Single(one => Text(one, "metric") == "agent_runs");
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(("8.000000000", "3.000000000"), (Text(first, "remaining"), Text(second, "remaining")));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden", "quota_exceeded"), (refused.StatusCode, Text(problem, "code"), Text(problem, "reason")));
        Assert.StartsWith("dec_", Text(problem, "decision_id"), StringComparison.Ordinal);
        Assert.Equal(("13.000000000", "13.000000000"), (Text(settled, "used"), Text(again, "used")));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (other.StatusCode, gone.StatusCode));
        Assert.Equal(
            ("16.000000000", "0.000000000", "20.000000000", "1.000000000", "20.000000000", "4.000000000", "day"),
            (Text(runs, "used"), Text(runs, "reserved"), Text(runs, "base_quota"), Text(runs, "multiplier"), Text(runs, "effective_quota"), Text(runs, "remaining"), Text(runs, "window")));
        Assert.NotNull(Text(runs, "forecast"));
    }

    [Fact]
    public async Task From_four_fifths_on_a_header_warns()
    {
        city.BeginAnHour();
        var (team, _) = await city.NewTeam();
        using var service = await city.ServiceClient("service.write.usage");

        using var before = await service.PostAsJsonAsync("/internal/v1/usage/reserve", new { team_id = team.Value, metric = "router_invokes", units = "15" });
        using var after = await service.PostAsJsonAsync("/internal/v1/usage/reserve", new { team_id = team.Value, metric = "router_invokes", units = "2" });

        Assert.False(before.Headers.Contains("X-DAARION-Usage-Warning"));
        Assert.Equal("router_invokes 85%", Assert.Single(after.Headers.GetValues("X-DAARION-Usage-Warning")));
    }

    [Fact]
    public async Task Figures_come_as_series_as_top_and_as_CSV()
    {
        city.BeginAnHour();
        var (team, _) = await city.NewTeam();
        using var service = await city.ServiceClient("service.write.usage", "usage.read");
        foreach (var (agent, units) in new[] { ("ag_small", "2"), ("ag_large", "7.5"), ("ag_small", "1") })
        {
            await Post(service, "increment", new { team_id = team.Value, metric = "llm_tokens_input", units, source_id = Guid.NewGuid().ToString(), agent });
        }

        var at = city.Clock.GetUtcNow();
        var path = $"/internal/v1/usage/{team}/series?metric=llm_tokens_input&step=hour&from={Timestamps.Format(at.AddHours(-3))}&to={Timestamps.Format(at.AddHours(1))}";
        var series = (await service.GetFromJsonAsync<JsonElement>(path)).GetProperty("points").EnumerateArray().Select(point => Text(point, "value")).ToList();
        var top = (await service.GetFromJsonAsync<JsonElement>($"/internal/v1/usage/top?metric=llm_tokens_input&by=agent&team_id={team}")).GetProperty("items").EnumerateArray().Select(item => (Text(item, "id"), Text(item, "value"))).ToList();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/csv");
        using var csv = await service.SendAsync(request);

        Assert.Equal(5, series.Count);
        Assert.Equal("10.500000000", Assert.Single(series, value => value != "0.000000000"));
        Assert.Equal([("ag_large", "7.500000000"), ("ag_small", "3.000000000")], top);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.Equal(6, (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("0", "1.0", "20")]
    [InlineData("1000", "1.25", "25")]
    [InlineData("4999.999999999", "1.25", "25")]
    [InlineData("5000", "1.5", "30")]
    [InlineData("20000", "2.0", "40")]
    public async Task A_stake_raises_quotas_and_leaves_those_it_must_not(string staked, string multiplier, string runs)
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        await city.Scalar("insert into usage.stakes values ($1, $2::text::numeric, now())", team.Value, staked);

        var metrics = (await city.Get<IUsageService>().GetUsage(owner.Caller, new UsageQuery(team), default)).Metrics;

        Assert.Equal((Quantity.Parse(multiplier), Quantity.Parse(runs)), (Of("agent_runs").Multiplier, Of("agent_runs").EffectiveQuota));
        Assert.Equal((10m, 2m, 100_000_000m), (Of("payout_claims").EffectiveQuota!.Value.Value, Of("wallet_tx").EffectiveQuota!.Value.Value, Of("storage_bytes").EffectiveQuota!.Value.Value));

        MetricUsage Of(string metric) => metrics.Single(one => one.Metric == metric);
    }

    [Fact]
    public async Task What_is_not_settled_comes_back_by_itself_and_may_still_be_settled()
    {
        city.BeginAnHour();
        var (team, _) = await city.NewTeam();
        using var service = await city.ServiceClient("service.write.usage", "usage.read");
        var lost = await Post(service, "reserve", new { team_id = team.Value, metric = "agent_parallel_runs", units = "1", ttl = 10 });
        using var full = await service.PostAsJsonAsync("/internal/v1/usage/reserve", new { team_id = team.Value, metric = "agent_parallel_runs", units = "1" });

        city.Clock.Turn(TimeSpan.FromSeconds(11));
        await Post(service, "reserve", new { team_id = team.Value, metric = "agent_parallel_runs", units = "1" });
        var late = await Post(service, "settle", new { reservation = Text(lost, "reservation"), units = "0" });

        Assert.Equal(HttpStatusCode.Forbidden, full.StatusCode);
        Assert.Equal(("0.000000000", "1.000000000"), (Text(late, "used"), Text(late, "reserved")));
    }

    [Fact]
    public async Task Counting_again_finds_a_counter_that_was_tampered_with_and_no_other()
    {
        city.BeginAnHour();
        var (team, _) = await city.NewTeam();
        var operators = await city.NewOperator();
        using var service = await city.ServiceClient("service.write.usage");
        await Post(service, "increment", new { team_id = team.Value, metric = "messages", units = "40", source_id = Guid.NewGuid().ToString() });
        await Post(service, "reserve", new { team_id = team.Value, metric = "messages", units = "2" });
        var before = await city.Get<IUsageService>().Reconcile(operators, new ReconcileUsage(), default);

        await city.Scalar("update usage.usage_counters set used = 39 where team_id = $1", team.Value);
        var after = await city.Get<IUsageService>().Reconcile(operators, new ReconcileUsage(), default);
        await city.Scalar("update usage.usage_counters set used = 40 where team_id = $1", team.Value);

        Assert.True(before.Ok);
        var difference = Assert.Single(after.Differences);
        Assert.Equal((team, "messages", 39m, 40m, 2m, 2m), (difference.TeamId, difference.Metric, difference.Used.Value, difference.UsedAgain.Value, difference.Reserved.Value, difference.ReservedAgain.Value));
    }

    [Fact]
    public async Task An_hour_far_above_the_usual_is_told_once()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        await city.Scalar(
            "insert into usage.usage_events (source_id, team_id, metric, units, at) select $1 || h, $1, 'messages', case h when 0 then 101 else 10 end, $2::timestamptz - h * interval '1 hour' from generate_series(0, 5) h",
            team.Value,
            city.Clock.GetUtcNow().UtcDateTime);

        for (var time = 0; time < 2; time++)
        {
            await city.FindAnomalies();
        }

        var anomaly = Assert.Single((await city.Get<IUsageService>().ListAnomalies(owner.Caller, new AnomalyQuery(team), default)).Items);
        Assert.Equal((UsageAnomalyKind.AboveUsual, 101m, 10m), (anomaly.Kind, anomaly.Value.Value, anomaly.Usual.Value));
        Assert.Equal(1L, await city.Scalar("select count(*) from outbox.outbox_events where topic = 'usage.anomaly.detected' and payload->'payload'->>'team_id' = $1", team.Value));
    }

    private static async Task<JsonElement> Post(HttpClient client, string what, object body)
    {
        using var answer = await client.PostAsJsonAsync($"/internal/v1/usage/{what}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
