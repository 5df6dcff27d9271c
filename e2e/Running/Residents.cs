using Microsoft.Playwright;

namespace Daarion.E2E.Running;

/// <summary>People who live in the city and do not run it.</summary>
public static class Residents
{
    /// <summary>Somebody who came by an invitation and owns a team.</summary>
    public static async Task<ConsoleScreen> TeamOwner(ConsoleBrowser browser, CityProcess city, string email, string name)
    {
        using var service = await CityClient.Create(city, "team.create", "team.member.add", "team.owner.transfer", "user.read", "service.act_as");
        var olena = (await city.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = olena })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/team/member/add", new { team_id = team, email, role = "member" }, olena);
        var screen = await ConsoleScreen.Open(await browser.Visitor(city), await MailDrop.LinkTo(city, email, "/invitation"));
        await screen.Page.GetByLabel("Your name").FillAsync(name);
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();
        await screen.Ready();
        var owner = (await service.Get($"/internal/v1/user?email={email}")).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/team/owner/transfer", new { team_id = team, user_id = owner }, olena);
        await screen.Speak("en");
        return screen;
    }
}
