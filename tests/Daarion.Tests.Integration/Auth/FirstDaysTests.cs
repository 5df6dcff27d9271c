using System.Net;
using System.Net.Http.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

/// <summary>The first days of a new city, told in order, with a clock that goes as fast as the story.</summary>
public sealed class FirstDaysTests(FreshCity city) : IClassFixture<FreshCity>
{
    private const string Email = "olena@example.org";

    [Fact]
    public async Task A_city_is_set_up_once_signed_in_to_by_mail_and_keeps_its_secrets()
    {
        var secrets = new List<string>();
        using var browser = new Browser(city.PublicUrl);

        // The terminal shows a link; each start shows a new one, and the one before is no longer good.
        var printed = await Setup();
        var again = await Setup();
        secrets.AddRange([printed, again]);
        using (var old = await browser.Post("/auth/setup", ("token", printed), ("email", Email), ("display_name", "Олена"), ("city_name", "Київ")))
        {
            Assert.Contains("error=link", old.Headers.Location?.OriginalString, StringComparison.Ordinal);
        }

        // Who brings it becomes the city's Owner and is signed in; then there is nothing left to set up.
        using (var done = await browser.Post("/auth/setup", ("token", again), ("email", Email), ("display_name", "Олена"), ("city_name", "Київ")))
        {
            Assert.Equal("/", done.Headers.Location?.OriginalString);
            secrets.AddRange(Cookies(done));
        }

        var me = await browser.Me();
        Assert.Equal((Email, "owner"), (me.GetProperty("email").GetString(), me.GetProperty("city_role").GetString()));
        Assert.Null((await Prepare()).SetupToken);
        Assert.Equal("Київ", (await city.Get<ITeamService>().Get(Caller.ForService(ServiceName.Auth), new GetTeam(TeamId.WellKnown()), default)).Name);

        // A session that is used lives on; 72 hours without use end it; 30 days end it in any case.
        city.Clock.Turn(TimeSpan.FromHours(71));
        await browser.Me();
        city.Clock.Turn(TimeSpan.FromHours(71));
        await browser.Me();
        city.Clock.Turn(TimeSpan.FromHours(73));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(browser));

        // Ten wrong codes pause the address; a quarter of an hour later it goes on.
        secrets.AddRange(await FailTenTimes(browser));
        city.Clock.Turn(TimeSpan.FromMinutes(16));
        var letter = await Ask(browser);
        secrets.AddRange([letter.Code!, letter.Token]);
        using (var signedIn = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = Email, code = letter.Code }))
        {
            Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
            secrets.AddRange(Cookies(signedIn));
        }

        for (var day = 0; day < 29; day++)
        {
            city.Clock.Turn(TimeSpan.FromDays(1));
            await browser.Me();
        }

        city.Clock.Turn(TimeSpan.FromDays(1.01));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(browser));

        // A code that was not used in ten minutes is no longer good.
        var late = await Ask(browser);
        secrets.AddRange([late.Code!, late.Token]);
        city.Clock.Turn(TimeSpan.FromMinutes(10.1));
        using (var refused = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = Email, code = late.Code }))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        // A stranger signs up only when the city says so.
        await city.Get<IOperatorService>().UpdateSettings(await Owner(), new UpdateSignInSettings(OpenSignup: true), default);
        using (var open = await browser.Http.PostAsJsonAsync("/auth/v1/code", new { email = "stranger@example.org" }))
        {
            Assert.Equal(HttpStatusCode.Accepted, open.StatusCode);
        }

        secrets.AddRange((await Mailbox.Count(city.DataFolder, "stranger@example.org", 1)).Select(one => one.Token));

        // A team that was deleted comes back for thirty days.
        var team = await city.Get<ITeamService>().Create(await Owner(), new CreateTeam("Двір"), default);
        await city.Get<ITeamService>().Archive(await Owner(), new ArchiveTeam(team.Id), default);
        city.Clock.Turn(TimeSpan.FromDays(31));
        var tooLate = await Assert.ThrowsAsync<CityException>(async () => await city.Get<ITeamService>().Restore(await Owner(), new RestoreTeam(team.Id), default));
        Assert.Equal("restore_expired", tooLate.Reason);

        // An operator does not take the city from its Owner.
        var second = await city.Get<IOperatorService>().Make(await Owner(), new MakeOperator("taras@example.org"), default);
        Assert.Equal(TeamRole.Guardian, second.Role);
        var link = await Assert.ThrowsAsync<CityException>(async () => await city.Get<IOperatorService>().Make(await Owner(), new MakeOperator("taras@example.org", WithSignInLink: true), default));
        Assert.Equal(ErrorCode.Forbidden, link.Code);

        // Nothing of all that is in the log.
        Assert.NotEmpty(city.Log.Lines);
        Assert.All(secrets, secret => Assert.DoesNotContain(city.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal)));
    }

    private async Task<string> Setup()
    {
        var token = (await Prepare()).SetupToken;
        Assert.NotNull(token);
        return token;
    }

    private Task<SetupPrepared> Prepare() => city.Get<IOperatorService>().PrepareSetup(Caller.ForService(ServiceName.Auth), new PrepareSetup(null), default);

    private async Task<MailedLetter> Ask(Browser browser)
    {
        var before = Mailbox.To(city.DataFolder, Email).Count;
        await browser.AskForCode(Email);
        return (await Mailbox.Count(city.DataFolder, Email, before + 1))[^1];
    }

    private async Task<List<string>> FailTenTimes(Browser browser)
    {
        var codes = new List<string>();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            if (attempt % 5 == 0)
            {
                var letter = await Ask(browser);
                codes.AddRange([letter.Code!, letter.Token]);
            }

            using var wrong = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = Email, code = "no" });
            Assert.Equal(attempt < 9 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, wrong.StatusCode);
        }

        return codes;
    }

    private async Task<Caller> Owner()
    {
        var user = await city.Get<IUserService>().FindByEmail(Caller.ForService(ServiceName.Auth), new FindUserByEmail(Email), default);
        return Caller.ForUser(user.Id, SessionId.New(city.Clock.GetUtcNow()), new Origin("req_test", IPAddress.Loopback, "tests"));
    }

    private static IEnumerable<string> Cookies(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Set-Cookie").Where(cookie => cookie.StartsWith("daarion=", StringComparison.Ordinal)).Select(cookie => cookie["daarion=".Length..cookie.IndexOf(';', StringComparison.Ordinal)]);

    private static async Task<HttpStatusCode> Status(Browser browser)
    {
        using var answer = await browser.Http.GetAsync("/api/v1/me");
        return answer.StatusCode;
    }
}
