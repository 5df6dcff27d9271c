using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Layout;

/// <summary>What the palette finds.</summary>
public sealed class PaletteSearch(Texts t, IConsoleSession session, Reach reach, ITeamService teams, IUserService users, IEmbassyService embassy)
{
    private const int MostOfAKind = 6;

    // What is the operators' alone is not offered to others: it would lead them to a refusal.
    private static readonly (string Key, string Href, string Icon, bool Operators)[] Pages =
    [
        ("nav.overview", "/", "home", false), ("nav.teams", "/teams", "people", false), ("wallets.balances", "/wallets", "wallet", false), ("wallets.payouts", "/payouts", "wallet", false),
        ("wallets.transactions", "/transactions", "wallet", false), ("wallets.transfers", "/transfers", "send", false), ("wallets.invariants", "/invariants", "check", true), ("embassy.platforms", "/platforms", "bolt", true),
        ("embassy.sites", "/sites", "meter", false), ("embassy.deliveries", "/deliveries", "bolt", true), ("embassy.readings", "/readings", "chart", false), ("rwa.inventory", "/inventory", "box", false),
        ("rwa.movements", "/movements", "box", false), ("nav.events", "/events", "events", true), ("events.outbox", "/outbox", "events", true), ("events.dead", "/dead-letters", "alert", true),
        ("events.catalogue", "/catalogue", "events", true), ("events.replay", "/replay", "refresh", true), ("events.services", "/services", "meter", true), ("nav.decisions", "/decisions", "shield", false),
        ("decisions.why_title", "/why", "shield", false), ("access.who_can", "/who-can", "shield", true), ("access.what_can", "/what-can", "shield", false), ("access.capabilities", "/capabilities", "shield", false), ("access.bundles", "/bundles", "columns", false), ("access.plans", "/plans", "meter", false),
        ("access.versions", "/registry", "clock", false), ("nav.governance", "/governance", "scales", false), ("governance.settings", "/governance/settings", "scales", false), ("settings.operators", "/settings", "gear", true), ("settings.sessions", "/settings/sessions", "key", false), ("settings.service_keys", "/settings/service-keys", "key", true),
        ("settings.clients", "/settings/apps", "globe", true), ("settings.audit", "/settings/audit", "lock", true), ("nav.me", "/me", "person", false),
        ("nav.usage", "/usage", "meter", false), ("keys.title", "/keys", "key", true),
    ];

    private static readonly (string Key, string Href, string Icon, bool Operators)[] Acts =
    [
        ("teams.create", "/teams/new", "plus", false), ("embassy.add_platform", "/platforms/new", "plus", true), ("embassy.add_site", "/sites/new", "plus", true), ("wallets.transfer_new", "/transfers/new", "send", false),
        ("settings.key_create", "/settings/service-keys/new", "key", true), ("governance.new", "/governance/new", "scales", false), ("wallets.mint", "/wallets/mint", "plus", true),
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
            foreach (var (key, href, icon, _) in list.Where(entry => session.Person is { IsOperator: true } || (!entry.Operators && reach.Areas.Any(pair => pair.Area.Has(entry.Href)))))
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
