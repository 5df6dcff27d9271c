using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Layout;

/// <summary>What the palette finds.</summary>
public sealed class PaletteSearch(Texts t, IConsoleSession session, ITeamService teams, IUserService users, IEmbassyService embassy)
{
    private const int MostOfAKind = 6;

    private static readonly (string Key, string Href, string Icon)[] Pages =
    [
        ("nav.overview", "/", "home"), ("nav.teams", "/teams", "people"), ("wallets.balances", "/wallets", "wallet"), ("wallets.payouts", "/payouts", "wallet"), ("wallets.transactions", "/transactions", "wallet"),
        ("wallets.transfers", "/transfers", "send"), ("wallets.invariants", "/invariants", "check"), ("embassy.platforms", "/platforms", "bolt"), ("embassy.sites", "/sites", "meter"), ("embassy.deliveries", "/deliveries", "bolt"),
        ("embassy.readings", "/readings", "chart"), ("rwa.inventory", "/inventory", "box"), ("rwa.movements", "/movements", "box"), ("nav.events", "/events", "events"), ("nav.decisions", "/decisions", "shield"), ("decisions.why_title", "/why", "shield"),
        ("settings.operators", "/settings", "gear"), ("settings.sessions", "/settings/sessions", "key"), ("settings.service_keys", "/settings/service-keys", "key"), ("settings.clients", "/settings/apps", "globe"), ("settings.audit", "/settings/audit", "lock"), ("nav.me", "/me", "person"),
    ];

    private static readonly (string Key, string Href, string Icon)[] Acts =
    [
        ("teams.create", "/teams/new", "plus"), ("embassy.add_platform", "/platforms/new", "plus"), ("embassy.add_site", "/sites/new", "plus"), ("wallets.transfer_new", "/transfers/new", "send"), ("settings.key_create", "/settings/service-keys/new", "key"),
    ];

    /// <summary>Pages, acts and an id's page: known without asking anyone.</summary>
    public IEnumerable<PaletteEntry> Here(string text)
    {
        var asked = text.Trim();
        if (Addresses.Find(asked) is { } address)
        {
            yield return new PaletteEntry("id", t["palette.go_to", Format.ShortId(asked.ToLowerInvariant())], address, "hash", address);
            yield break;
        }

        foreach (var (group, list) in new[] { ("pages", Pages), ("acts", Acts) })
        {
            foreach (var (key, href, icon) in list)
            {
                var title = t[key];
                if (asked.Length == 0 ? group == "pages" : title.Contains(asked, StringComparison.CurrentCultureIgnoreCase) || href.Contains(asked, StringComparison.OrdinalIgnoreCase))
                {
                    yield return new PaletteEntry(group, title, href, icon, null);
                }
            }
        }
    }

    /// <summary>Teams, people, platforms and sites by name, as far as the person may see them.</summary>
    public async Task<IReadOnlyList<PaletteEntry>> ByName(string name, CancellationToken ct)
    {
        var kinds = await Task.WhenAll(Teams(name, ct), People(name, ct), Platforms(name, ct), Sites(name, ct));
        return [.. kinds.SelectMany(kind => kind)];
    }

    private Task<IReadOnlyList<PaletteEntry>> Teams(string name, CancellationToken ct) => Try(async () =>
    {
        if (session.Person is { IsOperator: false })
        {
            var mine = await teams.Mine(session.Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), ct);
            return mine.Items.Select(my => my.Team).Where(team => team.Name.Contains(name, StringComparison.CurrentCultureIgnoreCase) || team.Slug.Contains(name, StringComparison.OrdinalIgnoreCase)).Take(MostOfAKind).Select(Of);
        }

        return (await teams.List(session.Caller, new ListTeams(new PageRequest(MostOfAKind), name), ct)).Items.Select(Of);

        static PaletteEntry Of(TeamView team) => new("teams", team.Name, $"/teams/{team.Id}", "people", team.Slug);
    });

    private Task<IReadOnlyList<PaletteEntry>> People(string name, CancellationToken ct) => Operators(async () =>
        (await users.List(session.Caller, new ListUsers(new PageRequest(MostOfAKind), name), ct)).Items.Select(user => new PaletteEntry("people", user.DisplayName, $"/people/{user.Id}", "person", user.Email)));

    private Task<IReadOnlyList<PaletteEntry>> Platforms(string name, CancellationToken ct) => Operators(async () =>
        (await embassy.ListPlatforms(session.Caller, new PageRequest(PageRequest.MaxLimit), ct)).Items
            .Where(platform => platform.Title.Contains(name, StringComparison.CurrentCultureIgnoreCase) || platform.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            .Take(MostOfAKind)
            .Select(platform => new PaletteEntry("platforms", platform.Title, Addresses.OfPlatform(platform.Name), "bolt", platform.Name)));

    private Task<IReadOnlyList<PaletteEntry>> Sites(string name, CancellationToken ct) => Operators(async () =>
        (await embassy.ListIdentities(session.Caller, new IdentityQuery(SiteId: name, Limit: MostOfAKind), ct)).Items.Select(site => new PaletteEntry("sites", site.SiteId, $"/sites/{site.Id}", "meter", site.Platform)));

    private Task<IReadOnlyList<PaletteEntry>> Operators(Func<Task<IEnumerable<PaletteEntry>>> search) =>
        session.Person is { IsOperator: true } ? Try(search) : Task.FromResult<IReadOnlyList<PaletteEntry>>([]);

    // A kind that may not be seen, or whose service is down, leaves the others to be found.
    private static async Task<IReadOnlyList<PaletteEntry>> Try(Func<Task<IEnumerable<PaletteEntry>>> search)
    {
        try
        {
            return [.. await search()];
        }
        catch (CityException)
        {
            return [];
        }
    }
}

/// <summary>One thing the palette goes to.</summary>
/// <param name="Group"><c>id</c>, <c>pages</c>, <c>acts</c>, <c>teams</c>, <c>people</c>, <c>platforms</c>, <c>sites</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Href">Where it is.</param>
/// <param name="Icon">Its picture.</param>
/// <param name="More">What tells it from others of that name.</param>
public sealed record PaletteEntry(string Group, string Title, string Href, string Icon, string? More);
