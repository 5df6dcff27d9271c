namespace Daarion.Tests.Unit.Policy.Differential;

/// <summary>Makes registries and questions by chance out of few names, so that they meet. The same seed makes the same ones.</summary>
internal sealed class PlainChance(int seed)
{
    public const string Here = "t_01jd3x00000000000000000001";
    public const string Elsewhere = "t_01jd3x00000000000000000002";
    public const string Olena = "u_01jd3x00000000000000000001";
    public const string Taras = "u_01jd3x00000000000000000002";
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Actions =
    [
        "team.read", "team.update", "team.leave", "team.state.change", "team.restore", "wallet.payout.claim", "wallet.payout.view", "governance.vote.cast", "chat.message.send", "chat.message.read",
        "service.act_as", "access_key.create", "access_key.rotate", "access_key.revoke", "auth.operator.manage", "task.create", "task.list", "unknown.thing",
    ];

    private static readonly string[] RoleNames = ["Owner", "Guardian", "Member", "Visitor"];
    private static readonly string[] ViewerNames = ["reader", "commenter", "contributor"];
    private static readonly string[] PlanNames = ["Freemium", "Casual", "Premium", "Platformium"];
    private static readonly string[] KeyBundles = ["agent.default", "custom.garden", "custom.gone"];
    private static readonly string[] Networks = ["192.0.2.0/24", "192.0.2.128/25", "2001:db8::/32", "10.0.0.0/8"];
    private static readonly string?[] Addresses = [null, "192.0.2.7", "192.0.2.200", "::ffff:192.0.2.7", "198.51.100.1", "2001:db8:1::9", "10.1.2.3"];
    private readonly Random random = new(seed);

    public PlainRegistry Registry()
    {
        var registry = new PlainRegistry();
        registry.Capabilities.UnionWith(Actions.SkipLast(1));
        foreach (var role in RoleNames)
        {
            registry.Bundles["role." + role] = Grants(role == "Visitor" ? 45 : 75, role == "Member");
            registry.Bundles["city." + role] = Grants(50, false);
        }

        foreach (var plan in PlanNames)
        {
            registry.Bundles["plan." + plan] = Grants(8, false);
        }

        foreach (var name in new[] { "service.default", "service.rwa", "platform.default", "platform.energyunion", "agent.default", "custom.garden" })
        {
            registry.Bundles[name] = Grants(40, false);
        }

        if (Of(10) > 4)
        {
            foreach (var action in Some(15))
            {
                registry.Frozen[action] = Of(4) switch { 0 => Now.AddHours(-1), 1 => Now, 2 => Now.AddHours(1), _ => null };
            }
        }

        return registry;
    }

    public PlainQuestion Question()
    {
        var kind = Of(100) switch { < 50 => "user", < 65 => "agent", < 80 => "integration", < 93 => "service", _ => "embassy" };
        var byAccessKey = kind is "agent" or "integration" ? Of(20) > 0 : kind == "user" && Of(4) == 0;
        var person = byAccessKey || kind == "user" ? (Of(25) == 0 && !byAccessKey ? null : Any(Olena, Taras)) : kind == "service" && Of(3) == 0 ? Any(Olena, Taras) : null;
        var subject = kind switch { "user" => person ?? "anonymous", "agent" => Any("agent:gardener", "agent:gardener", "agent:other"), "integration" => "integration:crm", "embassy" => "embassy:energyunion", _ => "service:rwa" };
        var teamId = Of(100) switch { < 70 => Here, < 80 => Elsewhere, _ => PlainQuestion.City };
        var role = person is not null && Of(10) < 8 ? Any(RoleNames) : null;
        var office = teamId == PlainQuestion.City ? role : person is not null && Of(4) == 0 ? Any(RoleNames) : null;
        var keyPresented = byAccessKey || (kind == "service" && Of(4) > 0) || Of(40) == 0;
        return new()
        {
            Kind = kind,
            Subject = subject,
            Action = Any(Actions),
            At = Now,
            Person = person,
            KeyPresented = keyPresented,
            Key = keyPresented && Of(25) > 0 ? Key(byAccessKey && Of(60) > 0, kind, subject, person) : null,
            TokenFor = keyPresented && !byAccessKey && Of(4) == 0 ? [.. Some(60)] : null,
            Ip = Any(Addresses),
            Name = kind switch { "service" when !keyPresented => Any("rwa", "nobody"), "embassy" => Any("energyunion", "nobody"), _ => null },
            TeamId = teamId,
            Team = teamId == PlainQuestion.City || Of(12) == 0
                ? null
                : new(Of(10) switch { 0 => "locked", 1 => "suspended", 2 => "archived", _ => "active" }, Any("public", "confidential"), Any(PlanNames)),
            Role = role,
            Viewer = role == "Member" && Of(3) > 0 ? Any(ViewerNames) : null,
            Office = office,
            Thing = Of(5) == 0 ? null : Thing(teamId),
            HeedsScope = Of(2) == 0,
            Units = Any(1m, 1m, 2.5m, 40m),
            Quota = Of(3) > 0 ? null : new(Any("messages", "payout_claims", "compute_1t"), Any(0m, 9m, 9.5m, 10m, 11m), 10m),
            TooOften = Of(30) == 0,
            FactsAreThere = Of(60) > 0,
        };
    }

    private PlainThing Thing(string teamId) => new(
        Any("payout", "team", "channel"),
        Any(null, "x_1"),
        Of(4) == 0 ? null : teamId,
        Any(null, null, Olena, Olena, Taras, "agent:gardener"),
        Of(4) > 0 ? null : [.. new[] { Olena, Taras, "agent:gardener", "integration:crm", "embassy:energyunion", "role.Member", "role.Visitor" }.Where(_ => Of(2) == 0)],
        Of(6) switch { 0 => "public", 1 => "confidential", _ => null });

    private PlainKey Key(bool access, string kind, string subject, string? person) => new(
        Of(15) == 0,
        Of(6) switch { 0 => Now.AddDays(1), 1 => Now.AddTicks(1), 2 when Of(3) == 0 => Now, 3 when Of(3) == 0 => Now.AddSeconds(-1), _ => null },
        [.. Some(access ? 35 : 60)],
        !access
            ? null
            : new(
                Of(30) == 0 ? Any("user", "agent", "integration") : kind,
                Of(30) == 0 ? Any(Olena, "agent:other") : subject,
                Of(10) == 0 ? Elsewhere : Any(Here, Here, Here, PlainQuestion.City),
                Of(30) == 0 ? Taras : person ?? Olena,
                [.. KeyBundles.Where(_ => Of(2) == 0)],
                [.. Some(20)],
                Of(4) > 0 ? [] : [.. Networks.Where(_ => Of(2) == 0)]));

    private Dictionary<string, PlainGrant> Grants(int percent, bool ofMembers)
    {
        var grants = new Dictionary<string, PlainGrant>(StringComparer.Ordinal);
        foreach (var action in Some(percent))
        {
            grants[action] = new(Of(4) == 0, ofMembers && Of(2) == 0 ? Any(ViewerNames) : null);
        }

        return grants;
    }

    private IEnumerable<string> Some(int percent) => Actions.Where(_ => Of(100) < percent).ToList();

    private T Any<T>(params ReadOnlySpan<T> among) => among[Of(among.Length)];

    private int Of(int count) => random.Next(count);
}
