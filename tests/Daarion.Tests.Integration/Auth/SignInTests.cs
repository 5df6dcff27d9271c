using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Auth;

[Collection(CityCollection.Name)]
public sealed class SignInTests(CityFixture city)
{
    [Fact]
    public async Task A_mailed_code_signs_in_once()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);

        using var first = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });
        using var again = await new Browser(city).Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        Assert.Equal(person.Id.Value, (await browser.Me()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("code")]
    [InlineData("link")]
    public async Task Of_a_letter_either_the_code_or_the_link_signs_in(string first)
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);
        using var fresh = new Browser(city);

        using var link = first == "link" ? await browser.Http.GetAsync(letter.Link) : null;
        using var code = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });
        using var late = await fresh.Post("/auth/magic", ("token", letter.Token));

        Assert.Equal(first == "code" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, code.StatusCode);
        Assert.Contains("error=link", late.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal(person.Id.Value, (await browser.Me()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_screen_speaks_the_language_of_whoever_signs_in_and_not_of_whoever_sat_there_before()
    {
        var (first, second) = (await city.NewPerson(), await city.NewPerson());
        await city.Get<IUserService>().UpdateMe(second.Caller, new UpdateMe(Locale: "en"), default);
        using var browser = await Browser.SignedIn(city, first.Email);
        Assert.Contains("<html lang=\"uk\"", await browser.Http.GetStringAsync("/me"), StringComparison.Ordinal);

        (await browser.Post("/auth/sign-out")).Dispose();
        var before = Mailbox.To(city, second.Email).Count;
        await browser.AskForCode(second.Email);
        (await browser.Post("/auth/sign-in/verify", ("email", second.Email), ("code", (await Mailbox.Count(city, second.Email, before + 1))[^1].Code!))).Dispose();

        Assert.Contains("<html lang=\"en\"", await browser.Http.GetStringAsync("/me"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_event_of_a_sign_in_names_whoever_signed_in()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);

        using var signedIn = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });

        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        await using var connection = await city.OpenDatabase();
        await using var actor = new NpgsqlCommand("select payload->'actor'->>'id' from outbox.outbox_events where topic = 'auth.session.created' and sequence_key = $1", connection) { Parameters = { new() { Value = person.Id.Value } } };
        Assert.Equal(person.Id.Value, await actor.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_link_of_the_mail_signs_in_the_browser_that_asked_for_it()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);

        using var opened = await browser.Http.GetAsync(letter.Link);

        Assert.Equal("/", opened.Headers.Location?.OriginalString);
        Assert.Equal(person.Email, (await browser.Me()).GetProperty("email").GetString());
    }

    [Fact]
    public async Task The_link_of_the_mail_asks_to_confirm_in_another_browser_and_is_not_used_up_by_that()
    {
        var person = await city.NewPerson();
        using var asking = new Browser(city);
        await asking.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);
        using var other = new Browser(city);

        using var opened = await other.Http.GetAsync(letter.Link);
        using var before = await other.Http.GetAsync("/api/v1/me");
        using var confirmed = await other.Post("/auth/magic", ("token", letter.Token));

        Assert.StartsWith("/sign-in/confirm?token=", opened.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, before.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, confirmed.StatusCode);
        Assert.Equal(person.Id.Value, (await other.Me()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_link_of_the_command_line_signs_in_at_once_and_only_once()
    {
        var made = await city.Get<IOperatorService>().Make(
            CityFixture.Service(ServiceName.Auth), new MakeOperator($"{city.Unique("boss")}@example.org", WithSignInLink: true), default);
        using var browser = new Browser(city);
        using var another = new Browser(city);

        using var opened = await browser.Http.GetAsync($"/auth/magic?token={made.SignInToken}");
        using var again = await another.Http.GetAsync($"/auth/magic?token={made.SignInToken}");

        Assert.Equal("/", opened.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in?error=link", again.Headers.Location?.OriginalString);
        Assert.Equal(made.UserId.Value, (await browser.Me()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_unknown_address_gets_the_same_answer_and_no_mail()
    {
        var known = await city.NewPerson();
        var unknown = $"{city.Unique("nobody")}@example.org";
        using var browser = new Browser(city);

        using var first = await browser.Http.PostAsJsonAsync("/auth/v1/code", new { email = unknown });
        using var second = await browser.Http.PostAsJsonAsync("/auth/v1/code", new { email = known.Email });
        await Mailbox.Newest(city, known.Email);
        using var guess = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = unknown, code = "000000" });

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(await second.Content.ReadAsStringAsync(), await first.Content.ReadAsStringAsync());
        Assert.Empty(Mailbox.To(city, unknown));
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
    }

    [Fact]
    public async Task An_invited_address_signs_up_with_its_code()
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        using var browser = new Browser(city);

        await browser.AskForCode(email);
        var letter = await Mailbox.Newest(city, email, "код входу");
        using var verified = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email, code = letter.Code });

        Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
        Assert.Equal(email, (await browser.Me()).GetProperty("email").GetString());
        using var waiting = await browser.Http.GetAsync("/api/v1/me/invitations");
        var invitation = Assert.Single((await waiting.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray());
        using var accepted = await browser.Http.PostAsync($"/api/v1/me/invitations/{invitation.GetProperty("id").GetString()}/accept", null);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task An_invitation_link_makes_the_person_and_the_membership_and_signs_in()
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        var letter = await Mailbox.Newest(city, email);
        using var browser = new Browser(city);

        using var accepted = await browser.Post("/auth/invitation", ("token", letter.Token), ("display_name", "Тарас"));
        using var again = await new Browser(city).Post("/auth/invitation", ("token", letter.Token));

        Assert.Equal($"/teams/{team.Id}", accepted.Headers.Location?.OriginalString);
        Assert.Equal("Тарас", (await browser.Me()).GetProperty("display_name").GetString());
        Assert.Contains("error=link", again.Headers.Location?.OriginalString, StringComparison.Ordinal);
        var members = await city.Get<IMembershipService>().List(owner.Caller, new ListMembers(team.Id, new PageRequest()), default);
        Assert.Contains(members.Items, member => member.Email == email);
    }

    [Fact]
    public async Task An_invitation_link_does_not_sign_in_as_somebody_who_is_there_already()
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        var invitation = await Mailbox.Newest(city, email);
        await city.Get<IUserService>().Ensure(CityFixture.Service(ServiceName.Auth), new EnsureUser(email), default);
        using var browser = new Browser(city);

        using var opened = await browser.Post("/auth/invitation", ("token", invitation.Token));
        using var before = await browser.Http.GetAsync("/api/v1/me");

        var signInPage = opened.Headers.Location!.OriginalString;
        var query = System.Web.HttpUtility.ParseQueryString(signInPage[(signInPage.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        Assert.StartsWith("/sign-in?", signInPage, StringComparison.Ordinal);
        Assert.Equal(email, query["email"]);
        Assert.Equal(HttpStatusCode.Unauthorized, before.StatusCode);

        // The normal sign-in, with the address and the way back that the page was given, accepts.
        using var asked = await browser.Post("/auth/sign-in/code", ("email", email), ("return_url", query["return_url"]!));
        var code = await Mailbox.Newest(city, email, "код входу");
        using var signedIn = await browser.Post("/auth/sign-in/verify", ("email", email), ("code", code.Code!), ("return_url", query["return_url"]!));
        using var accepted = await browser.Http.GetAsync(signedIn.Headers.Location);

        Assert.Equal($"/teams/{team.Id}", accepted.Headers.Location?.OriginalString);
        var members = await city.Get<IMembershipService>().List(owner.Caller, new ListMembers(team.Id, new PageRequest()), default);
        Assert.Contains(members.Items, member => member.Email == email);
    }

    [Fact]
    public async Task Who_is_signed_in_accepts_with_their_own_session_and_not_with_anothers()
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        var invitation = await Mailbox.Newest(city, email);
        var guest = await city.Get<IUserService>().Ensure(CityFixture.Service(ServiceName.Auth), new EnsureUser(email), default);
        using var anothers = await Browser.SignedIn(city, (await city.NewPerson()).Email);
        using var own = new Browser(city);
        await own.AskForCode(email);
        var code = await Mailbox.Newest(city, email, "код входу");
        using var signedIn = await own.Post("/auth/sign-in/verify", ("email", email), ("code", code.Code!));

        using var byAnother = await anothers.Post("/auth/invitation", ("token", invitation.Token));
        using var followedByAnother = await anothers.Http.GetAsync($"/auth/invitation?token={invitation.Token}");
        using var accepted = await own.Post("/auth/invitation", ("token", invitation.Token));

        Assert.StartsWith("/sign-in?", byAnother.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/invitation?", followedByAnother.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal($"/teams/{team.Id}", accepted.Headers.Location?.OriginalString);
        Assert.False(accepted.Headers.Contains("Set-Cookie"));
        Assert.Equal(guest.Id.Value, (await own.Me()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Accepting_anothers_invitation_by_its_id_finds_nothing()
    {
        var (team, owner) = await city.NewTeam();
        var made = await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, Email: $"{city.Unique("guest")}@example.org"), default);
        var another = await city.NewPerson();

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Get<IMembershipService>().AcceptMyInvitation(another.Caller, new AcceptMyInvitation(made.Invitation!.Id), default));

        Assert.Equal(ErrorCode.NotFound, refused.Code);
    }

    [Fact]
    public async Task Codes_pause_after_ten_failures_also_for_the_right_code()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        var answers = new List<HttpStatusCode>();
        for (var round = 0; round < 2; round++)
        {
            await browser.AskForCode(person.Email);
            for (var attempt = 0; attempt < 5; attempt++)
            {
                using var wrong = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = "wrong" });
                answers.Add(wrong.StatusCode);
            }
        }

        await browser.AskForCode(person.Email);
        var letters = await Mailbox.Count(city, person.Email, 2);
        using var right = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letters[^1].Code });

        Assert.All(answers.Take(9), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[9]);
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
        Assert.NotNull(right.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_code_takes_five_attempts()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var wrong = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = "wrong" });
        }

        using var right = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });

        Assert.Equal(HttpStatusCode.Unauthorized, right.StatusCode);
    }

    [Fact]
    public async Task Attempts_while_codes_pause_are_counted_and_told_and_do_not_make_the_pause_longer()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var wrong = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = "wrong" });
        }

        var before = await Value<DateTime>("select until from auth.signin_pauses where email = $1", person.Email);
        for (var attempt = 0; attempt < 12; attempt++)
        {
            using var paused = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = "wrong" });
            Assert.Equal(HttpStatusCode.TooManyRequests, paused.StatusCode);
        }

        Assert.Equal(before, await Value<DateTime>("select until from auth.signin_pauses where email = $1", person.Email));
        Assert.Equal(12L, await Value<long>("select count(*) from auth.signin_failures where email = $1 and reason = 'paused'", person.Email));
        Assert.Equal(
            "12 22",
            await Value<string>(
                "select count(*) || ' ' || max((payload->'payload'->>'failures_in_window')::int) from outbox.outbox_events where topic = 'auth.signin.failed' and sequence_key = $1 and payload->'payload'->>'reason' = 'paused'",
                person.Id.Value));
    }

    [Fact]
    public async Task Twenty_codes_in_fifteen_minutes_are_enough_for_an_IPv6_network()
    {
        var signIn = city.Get<ISignInService>();
        var network = RandomNumberGenerator.GetBytes(8);
        for (var code = 0; code < CodesPerIp; code++)
        {
            await signIn.RequestCode(At(code), new RequestCode($"{city.Unique("nobody")}@example.org"), default);
        }

        var refused = await Assert.ThrowsAsync<CityException>(() => signIn.RequestCode(At(CodesPerIp), new RequestCode($"{city.Unique("nobody")}@example.org"), default));

        Assert.Equal(ErrorCode.RateLimited, refused.Code);

        Caller At(int host) => Caller.Anonymous(new Origin("req_test", new IPAddress([.. network, 0, 0, 0, 0, 0, 0, 0, (byte)(host + 1)]), "tests"));
    }

    [Fact]
    public async Task Five_codes_in_fifteen_minutes_are_enough_for_an_address()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        for (var code = 0; code < CodesPerAddress; code++)
        {
            await browser.AskForCode(person.Email);
        }

        using var sixth = await browser.Http.PostAsJsonAsync("/auth/v1/code", new { email = person.Email });

        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
        Assert.True(sixth.Headers.RetryAfter?.Delta > TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Signing_out_everywhere_stops_every_session_at_once()
    {
        var person = await city.NewPerson();
        using var here = await Browser.SignedIn(city, person.Email);
        using var there = await Browser.SignedIn(city, person.Email);

        using var ended = await here.Http.DeleteAsync("/api/v1/me/sessions");
        using var hereAfter = await here.Http.GetAsync("/api/v1/me");
        using var thereAfter = await there.Http.GetAsync("/api/v1/me");

        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, hereAfter.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, thereAfter.StatusCode);
    }

    [Fact]
    public async Task A_disabled_person_comes_in_by_no_way_and_what_is_open_closes()
    {
        var person = await city.NewPerson();
        using var open = await Browser.SignedIn(city, person.Email);
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = (await Mailbox.Count(city, person.Email, 2))[^1];
        var session = Assert.Single((await city.Get<ISessionService>().List(person.Caller, new ListSessions(new PageRequest()), default)).Items).Id;
        await Execute("update teams.users set disabled_at = now() where id = $1", person.Id.Value);

        using var byCode = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });
        using var byLink = await browser.Post("/auth/magic", ("token", letter.Token));

        Assert.Equal(HttpStatusCode.Unauthorized, byCode.StatusCode);
        Assert.Contains("error=link", byLink.Headers.Location?.OriginalString, StringComparison.Ordinal);
        await Eventually.Equal(HttpStatusCode.Unauthorized, async () =>
        {
            using var answer = await open.Http.GetAsync("/api/v1/me");
            return answer.StatusCode;
        });
        Assert.Empty((await city.Get<ISessionService>().Watch(CityFixture.Service(ServiceName.Auth), new WatchSessions([session]), default)).Alive);
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        using var mine = await Browser.SignedIn(city, (await city.NewPerson()).Email);
        using var other = await Browser.SignedIn(city, (await city.NewPerson()).Email);
        using var list = await other.Http.GetAsync("/api/v1/me/sessions");
        var session = (await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("id").GetString();

        using var refused = await mine.Http.DeleteAsync($"/api/v1/me/sessions/{session}");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await other.Http.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task A_form_from_another_site_is_refused()
    {
        using var browser = new Browser(city);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/sign-in/code") { Content = new FormUrlEncodedContent([KeyValuePair.Create("email", "olena@example.org")]) };
        request.Headers.Add("Origin", "https://elsewhere.example.org");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var answer = await browser.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://elsewhere.example.org/")]
    [InlineData("//elsewhere.example.org/")]
    [InlineData("/\\elsewhere.example.org")]
    public async Task Signing_in_never_leads_out_of_the_city(string returnUrl)
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);

        using var answer = await browser.Post("/auth/sign-in/verify", ("email", person.Email), ("code", letter.Code!), ("return_url", returnUrl));

        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task The_setup_link_is_not_good_in_a_city_that_is_set_up()
    {
        await city.NewOperator();
        using var browser = new Browser(city);

        using var answer = await browser.Post("/auth/setup", ("token", "guess"), ("email", "x@example.org"), ("display_name", "X"), ("city_name", "X"));

        Assert.Contains("error=link", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites()
    {
        var person = await city.NewPerson();
        using var browser = new Browser(city);
        await browser.AskForCode(person.Email);
        var letter = await Mailbox.Newest(city, person.Email);

        using var answer = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email = person.Email, code = letter.Code });

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("daarion=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    private async Task Execute(string sql, string about)
    {
        await using var database = await city.OpenDatabase();
        await using var command = new Npgsql.NpgsqlCommand(sql, database) { Parameters = { new() { Value = about } } };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> Value<T>(string sql, string about)
    {
        await using var database = await city.OpenDatabase();
        await using var command = new Npgsql.NpgsqlCommand(sql, database) { Parameters = { new() { Value = about } } };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private const int CodesPerAddress = 5;
    private const int CodesPerIp = 20;
}
