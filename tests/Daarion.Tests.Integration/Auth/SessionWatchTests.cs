using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Server.SignIn;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

[Collection(CityCollection.Name)]
public sealed class SessionWatchTests(CityFixture city)
{
    [Fact]
    public async Task A_console_hears_that_its_session_has_ended()
    {
        var person = await city.NewPerson();
        using var browser = await Browser.SignedIn(city, person.Email);
        using var list = await browser.Http.GetAsync("/api/v1/me/sessions");
        var session = SessionId.Parse((await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("id").GetString()!);
        using var console = city.Get<SessionWatch>().Begin(session);
        using var another = city.Get<SessionWatch>().Begin(session);

        await city.Get<ISessionService>().EndAll(person.Caller, new EndAllSessions(), default);

        await Eventually.True(() => console.Ended.IsCancellationRequested && another.Ended.IsCancellationRequested, "both consoles of the session are told", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_operator_sees_and_ends_anybodys_sessions()
    {
        var (boss, person) = (await city.NewOperator(), await city.NewPerson());
        using var browser = await Browser.SignedIn(city, person.Email);
        var sessions = city.Get<ISessionService>();

        var seen = await sessions.List(boss.Caller, new ListSessions(new Core.Kernel.PageRequest(), person.Id), default);
        var ended = await sessions.End(boss.Caller, new EndSession(Assert.Single(seen.Items).Id), default);

        Assert.Equal("ended_by_operator", ended.EndReason);
        using var after = await browser.Http.GetAsync("/api/v1/me");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, after.StatusCode);
    }
}
