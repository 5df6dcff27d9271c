using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

/// <summary>What ends by itself, with a clock that is turned.</summary>
public sealed class DaysTests(FreshCity city) : IClassFixture<FreshCity>
{
    private static readonly Caller Terminal = Caller.ForService(ServiceName.Auth);

    private IServiceKeyService Keys => city.Get<IServiceKeyService>();

    [Fact]
    public async Task After_the_overlap_the_old_secret_is_bad_and_the_new_one_good()
    {
        var key = await Keys.Create(Terminal, new CreateServiceKey("meter", ["team.read"]), default);
        var rotated = await Keys.Rotate(Terminal, new RotateServiceKey(key.ClientId, OverlapMinutes: 24 * 60), default);
        var tooLong = await Assert.ThrowsAsync<CityException>(() => Keys.Rotate(Terminal, new RotateServiceKey(key.ClientId, OverlapMinutes: (24 * 60) + 1), default));

        city.Clock.Turn(TimeSpan.FromHours(23.9));
        var within = await Good(key.ClientId, key.ClientSecret);
        city.Clock.Turn(TimeSpan.FromHours(0.2));

        Assert.Equal(ErrorCode.InvalidPayload, tooLong.Code);
        Assert.True(within);
        Assert.False(await Good(key.ClientId, key.ClientSecret));
        Assert.True(await Good(key.ClientId, rotated.ClientSecret));
    }

    [Fact]
    public async Task A_key_that_ran_out_gets_no_token_and_the_one_it_has_is_worth_nothing()
    {
        var key = await Keys.Create(Terminal, new CreateServiceKey("meter", ["team.read"], city.Clock.GetUtcNow().AddMinutes(5)), default);
        using var publicly = new HttpClient { BaseAddress = city.PublicUrl };
        using var internally = new HttpClient { BaseAddress = city.InternalUrl };
        using var made = await publicly.PostAsync("/connect/token", Form(key));
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        internally.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var before = await internally.GetAsync("/internal/v1/team");

        city.Clock.Turn(TimeSpan.FromMinutes(6));
        using var after = await internally.GetAsync("/internal/v1/team");
        using var again = await publicly.PostAsync("/connect/token", Form(key));

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal("key_expired", (await after.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        Assert.False(again.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_invitation_is_good_for_fourteen_days()
    {
        var members = city.Get<IMembershipService>();
        var owner = await city.Get<IUserService>().Ensure(Terminal, new EnsureUser("olena@example.org"), default);
        var caller = Caller.ForUser(owner.Id, SessionId.New(city.Clock.GetUtcNow()), new Origin("req_test", IPAddress.Loopback, "tests"));
        var team = await city.Get<ITeamService>().Create(caller, new CreateTeam("Двір"), default);
        await members.Add(caller, new AddMember(team.Id, Email: "guest@example.org"), default);
        var letter = (await Mailbox.Count(city.DataFolder, "guest@example.org", 1))[0];

        city.Clock.Turn(TimeSpan.FromDays(13.9));
        var within = await members.InspectInvitation(Terminal, new InspectInvitation(letter.Token), default);
        city.Clock.Turn(TimeSpan.FromDays(0.2));
        var late = await members.InspectInvitation(Terminal, new InspectInvitation(letter.Token), default);
        var refused = await Assert.ThrowsAsync<CityException>(() => members.AcceptInvitation(Terminal, new AcceptInvitation(letter.Token), default));

        Assert.Equal((InvitationState.Open, InvitationState.Expired), (within.State, late.State));
        Assert.Equal("invitation_closed", refused.Reason);
    }

    private async Task<bool> Good(AccessKeyId id, string secret) => (await Keys.Verify(Terminal, new VerifyServiceKey(id.Value, secret), default)).Good;

    private static FormUrlEncodedContent Form(ServiceKeySecret key) => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = key.ClientId.Value,
        ["client_secret"] = key.ClientSecret,
    });
}
