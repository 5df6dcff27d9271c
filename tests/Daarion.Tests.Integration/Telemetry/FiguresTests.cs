using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Telemetry;

/// <summary>Figures of each service, and traces from the door to the last reaction.</summary>
[Collection(CityCollection.Name)]
public sealed class FiguresTests(CityFixture city)
{
    private static readonly string[] Capabilities = ["team.read"];

    [Fact]
    public async Task A_service_that_works_is_seen_working()
    {
        var boss = await city.NewOperator();
        await city.NewTeam();
        var telemetry = city.Get<ITelemetryService>();

        ServiceFigures? teams = null;
        await Eventually.True(
            async () => (teams = (await telemetry.ListServices(boss.Caller, new ListServices(), default)).Services.Single(service => service.Name == ServiceName.Teams)).Now is { RequestsPerSecond: > 0, P50Ms: > 0, QueriesPerSecond: > 0 },
            () => $"the teams' figures move\n{city.Log}");

        Assert.Equal(60, teams!.Points.Count);
        Assert.True(teams.Now.P99Ms >= teams.Now.P95Ms && teams.Now.P95Ms >= teams.Now.P50Ms);
        Assert.True(teams.Now.CpuCores > 0 && teams.Now.AllocatedBytesPerSecond > 0);
        Assert.InRange(teams.Now.ErrorRate, 0, 1);
    }

    [Fact]
    public async Task One_trace_goes_from_the_door_to_the_last_reaction()
    {
        var boss = await city.NewOperator();
        using var key = await city.ServiceClient("auth.service_key.manage", "team.read");
        // A busy city keeps a share of its traces, chosen by the end of their id: this one is always among them.
        var trace = $"{Guid.NewGuid():N}"[..24] + "00000000";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/internal/v1/auth/service-key")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { name = city.Unique("traced"), capabilities = Capabilities }),
        };
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");

        using var answer = await city.Internal.SendAsync(WithKey(request, key));

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Contains(trace, answer.Headers.GetValues("traceparent").Single(), StringComparison.Ordinal);
        await Eventually.True(
            async () =>
            {
                var services = await Services(boss.Caller, trace);
                return services.IsSupersetOf(["http", ServiceName.Auth, "database", ServiceName.Telemetry]);
            },
            () => $"the trace {trace} has door, service, database and reaction\n{city.Log}");
    }

    [Fact]
    public async Task A_trace_that_was_not_kept_is_not_found()
    {
        var boss = await city.NewOperator();

        var failure = await Assert.ThrowsAsync<CityException>(() => city.Get<ITelemetryService>().GetTrace(boss.Caller, new GetTrace(new string('a', 32)), default));

        Assert.Equal(ErrorCode.NotFound, failure.Code);
    }

    private async Task<HashSet<string>> Services(Caller caller, string trace)
    {
        try
        {
            return [.. (await city.Get<ITelemetryService>().GetTrace(caller, new GetTrace(trace), default)).Spans.Select(span => span.Service)];
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            return [];
        }
    }

    private static HttpRequestMessage WithKey(HttpRequestMessage request, HttpClient key)
    {
        request.Headers.Authorization = key.DefaultRequestHeaders.Authorization;
        return request;
    }
}
