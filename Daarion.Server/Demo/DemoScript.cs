using Daarion.Core.Embassies;

namespace Daarion.Server.Demo;

/// <summary>Somebody of the demonstration.</summary>
internal sealed record DemoPerson(string Email, string Name, string Locale);

/// <summary>A meter: a site of a platform that counts like the measured one, a little more or less.</summary>
/// <param name="SiteId">The platform's name of it.</param>
/// <param name="Scale">How much it counts, against the measured meter.</param>
/// <param name="Resident">Who is paid, where it is a household's own; otherwise the team is.</param>
internal sealed record DemoSite(string SiteId, decimal Scale, DemoPerson? Resident = null);

/// <summary>A team with its people and meters.</summary>
/// <param name="HasClaimed">Whether its Owner has claimed some of what came in.</param>
internal sealed record DemoTeam(string Name, string Mode, DemoPerson Owner, IReadOnlyList<(DemoPerson Person, string Role)> Members, IReadOnlyList<DemoSite> Sites, bool HasClaimed);

/// <summary>Who and what the demonstration is about.</summary>
internal static class DemoScript
{
    /// <summary>What people call the platform.</summary>
    public const string PlatformName = "Demo meters (Демонстраційні лічильники)";

    /// <summary>Days of readings.</summary>
    public const int Days = 21;

    private static readonly DemoPerson Olena = new("olena.kovalenko@demo.example", "Олена Коваленко", "uk");
    private static readonly DemoPerson Taras = new("taras.bondar@demo.example", "Тарас Бондар", "uk");
    private static readonly DemoPerson Maria = new("maria.shevchuk@demo.example", "Марія Шевчук", "uk");
    private static readonly DemoPerson Andrii = new("andrii.melnyk@demo.example", "Андрій Мельник", "uk");
    private static readonly DemoPerson Sofia = new("sofia.lysenko@demo.example", "Софія Лисенко", "uk");
    private static readonly DemoPerson Emma = new("emma.clarke@demo.example", "Emma Clarke", "en");
    private static readonly DemoPerson James = new("james.hughes@demo.example", "James Hughes", "en");
    private static readonly DemoPerson Oliver = new("oliver.bennett@demo.example", "Oliver Bennett", "en");

    /// <summary>The teams.</summary>
    public static IReadOnlyList<DemoTeam> Teams { get; } =
    [
        new("Теплий дім", "public", Olena, [(Taras, "guardian"), (Maria, "member")], [new("DEMO-KYIV-01", 1.0m), new("DEMO-KYIV-02", 0.62m), new("DEMO-KYIV-KV12", 0.08m, Maria)], HasClaimed: true),
        new("Сонячна Троєщина", "public", Andrii, [(Sofia, "guardian"), (Taras, "member")], [new("DEMO-KYIV-03", 1.35m), new("DEMO-LVIV-01", 0.47m)], HasClaimed: false),
        new("Riverside Co-op", "confidential", Emma, [(James, "guardian"), (Oliver, "member")], [new("DEMO-LONDON-01", 0.9m), new("DEMO-LONDON-02", 1.1m)], HasClaimed: true),
    ];

    /// <summary>A meter that nobody has given to a team yet: a day of its readings is held until an operator does.</summary>
    public static DemoSite Unassigned { get; } = new("DEMO-ODESA-07", 0.31m);

    /// <summary>Everybody.</summary>
    public static IReadOnlyList<DemoPerson> People { get; } =
        [.. Teams.SelectMany(team => team.Members.Select(member => member.Person).Prepend(team.Owner)).Distinct()];

    /// <summary>What it comes to: the sites of the teams, the one without a team and the one that goes on sending.</summary>
    public static DemoOutline Outline { get; } = new(
        People.Count, Teams.Count, Teams.Sum(team => team.Sites.Count) + 2, Days, ((Teams.Sum(team => team.Sites.Count) * Days) + 1) * DemoMeter.PerDay);
}
