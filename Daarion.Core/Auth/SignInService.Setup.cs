using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Auth;

/// <summary>The first start: who brings the token from the terminal becomes the city's Owner.</summary>
internal sealed partial class SignInService
{
    public async Task<SetupView> InspectSetup(Caller caller, InspectSetup request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "the setup token");
        var settings = await db.Settings.AsNoTracking().SingleAsync(ct);
        return new SetupView(settings.SetupTokenHash is not null && settings.SetupDoneAt is null, settings.IsSetupToken(request.Token));
    }

    public async Task<SignedIn> CompleteSetup(Caller caller, CompleteSetup request, CancellationToken ct)
    {
        access.AllowByProof(caller, SigningIn, "the setup token");
        RequireSetupToken(await db.Settings.AsNoTracking().SingleAsync(ct), request.Token);
        var (email, name, cityName) = (EmailAddress.Parse(request.Email), Names.Checked(request.DisplayName, "display_name"), Names.Checked(request.CityName, "city_name"));
        var locale = Locales.Checked(request.Locale ?? Locales.Default);

        var user = await users.Ensure(Self, new EnsureUser(email.Value, name, locale), ct);
        return await db.Transact(
            async token =>
            {
                // Held until the end: a second setup waits here and then finds the token used.
                var settings = await db.LockSettings(token);
                RequireSetupToken(settings, request.Token);
                await EnsureOwner(user.Id, token);
                await teams.Update(Self, new UpdateTeam(TeamId.WellKnown(), cityName), token);
                settings.SetupDone(db.Now);
                db.Operation.Prove(user.Id);
                db.Audit("auth.setup.completed", "city", TeamId.WellKnown().Value, TeamId.WellKnown(), ("owner", user.Id.Value));
                var (session, secret) = Session.Open(user.Id, "setup", caller, db.Now);
                db.Add(session);
                db.Publish(new AuthSessionCreated(session.Id, user.Id, "setup"), user.Id.Value);
                return new SignedIn(session.Id, user.Id, secret, session.ExpiresAt, "/");
            },
            ct);
    }

    // An attempt before this one may have been stopped after the city had its Owner: the same person goes on, and nobody else.
    private async Task EnsureOwner(UserId user, CancellationToken ct)
    {
        if (!await FirstOperator.Exists(memberships, ct))
        {
            await memberships.Add(Self, new AddMember(TeamId.WellKnown(), user, Role: TeamRole.Owner), ct);
        }
        else if (await FirstOperator.RoleOf(memberships, user, ct) != TeamRole.Owner)
        {
            throw WrongSetupLink();
        }
    }

    private static void RequireSetupToken(CitySignIn settings, string token)
    {
        if (!settings.IsSetupToken(token))
        {
            throw WrongSetupLink();
        }
    }

    private static CityException WrongSetupLink() =>
        new(ErrorCode.Unauthenticated, "This setup link is not good. The terminal shows the right one at each start, until the city is set up.") { Reason = "link_invalid" };
}
