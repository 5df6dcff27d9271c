using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

[Collection(CityCollection.Name)]
public sealed class SessionTests(CityFixture city)
{
    [Fact]
    public async Task A_session_that_has_ended_is_not_among_the_living()
    {
        var person = await city.NewPerson();
        using var here = await Browser.SignedIn(city, person.Email);
        using var there = await Browser.SignedIn(city, person.Email);
        var sessions = city.Get<ISessionService>();
        var open = (await sessions.List(person.Caller, new ListSessions(new PageRequest()), default)).Items.Select(session => session.Id).ToList();

        await sessions.End(person.Caller, new EndSession(open[0]), default);
        var alive = await sessions.Watch(CityFixture.Service(ServiceName.Auth), new WatchSessions(open), default);

        Assert.Equal([open[1]], alive.Alive);
    }

    [Fact]
    public async Task An_operator_sees_and_ends_anybodys_sessions()
    {
        var (boss, person) = (await city.NewOperator(), await city.NewPerson());
        using var browser = await Browser.SignedIn(city, person.Email);
        var sessions = city.Get<ISessionService>();

        var seen = await sessions.List(boss.Caller, new ListSessions(new PageRequest(), person.Id), default);
        var ended = await sessions.End(boss.Caller, new EndSession(Assert.Single(seen.Items).Id), default);

        Assert.Equal("ended_by_operator", ended.EndReason);
        using var after = await browser.Http.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }
}
