using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Tests.Integration.AccessKeys;

/// <summary>How a role may: not at all, with its own things, with all.</summary>
public enum Reach
{
    None,
    Own,
    All,
}

/// <summary>A key as the model knows it.</summary>
public sealed record ModelKey(AccessKeyId Id, KeySubject Subject, TeamId Team, UserId Owner, IReadOnlySet<string> Caps)
{
    public bool Revoked { get; set; }

    /// <summary>Secrets that are good now.</summary>
    public HashSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Secrets that were.</summary>
    public HashSet<string> Spent { get; } = new(StringComparer.Ordinal);
}

/// <summary>Who may what, out of memberships and a matrix of its own: written from the specification, without a look at the registry or the engine.</summary>
public sealed class EscalationModel
{
    private static readonly Dictionary<string, string> Matrix = new(StringComparer.Ordinal)
    {
        // Owner, Guardian, Member, Visitor; then the city's Owner, Guardian, Member. A all, o own, - none.
        ["team.read"] = "AAAA AAA",
        ["team.update"] = "AA-- AA-",
        ["team.plan.change"] = "A--- AA-",
        ["team.delete"] = "A--- A--",
        ["team.member.change_role"] = "AA-- AA-",
        ["task.create"] = "AAA- ---",
        ["project.delete"] = "AA-- ---",
        ["chat.message.send"] = "AAA- ---",
        ["wallet.transfer"] = "A-o- ---",
        ["wallet.payout.view"] = "AAo- AAA",
        ["governance.vote.cast"] = "AAA- ---",
        ["access_key.read"] = "AAo- AAA",
        ["access_key.create"] = "AAo- ---",
        ["access_key.rotate"] = "AAo- ---",
        ["access_key.revoke"] = "AAo- AA-",
        ["service.act_as"] = "---- ---",
        ["nobody.has.this"] = "---- ---",
    };

    private static readonly string[] NeverByKey = ["access_key.create", "access_key.rotate"];

    public static IReadOnlyList<string> Capabilities { get; } = [.. Matrix.Keys];

    public Dictionary<(TeamId Team, UserId Person), TeamRole> Members { get; } = [];

    public Dictionary<UserId, TeamRole> Offices { get; } = [];

    public List<ModelKey> Keys { get; } = [];

    /// <summary>How far a person may, by role or office.</summary>
    public Reach Of(UserId person, TeamId team, string capability)
    {
        var role = Members.TryGetValue((team, person), out var member) ? Cell(capability, 3 - (int)member) : Reach.None;
        var office = Offices.TryGetValue(person, out var operators) ? Cell(capability, 5 + (3 - (int)operators)) : Reach.None;
        return role > office ? role : office;
    }

    /// <summary>True where some role may it at all: then everybody may it with what is theirs outside any team.</summary>
    public static bool AnyRole(string capability) => Enumerable.Range(0, 4).Any(place => Cell(capability, place) != Reach.None);

    /// <summary>True where a person may do it.</summary>
    public bool May(UserId person, TeamId? team, string capability, UserId? thingOf)
    {
        var reach = Of(person, team ?? Id<TeamKind>.WellKnown(), capability);
        return reach == Reach.All || (reach == Reach.Own && thingOf == person) || (team is null && thingOf == person && AnyRole(capability));
    }

    /// <summary>True where a key may do it: what it was given, where it is, within its owner.</summary>
    public bool May(ModelKey key, TeamId? team, string capability, UserId? thingOf) =>
        !key.Revoked
        && key.Caps.Contains(capability)
        && !NeverByKey.Contains(capability, StringComparer.Ordinal)
        && !(key.Subject.Kind == SubjectKind.Agent && (capability.StartsWith("wallet.", StringComparison.Ordinal) || capability.StartsWith("governance.", StringComparison.Ordinal)))
        && (team is null ? key.Subject.Kind == SubjectKind.User && thingOf == key.Owner : team == key.Team)
        && May(key.Owner, team, capability, thingOf);

    /// <summary>True where a person may have made such a key.</summary>
    public bool MayMake(UserId maker, KeySubject subject, TeamId team, IReadOnlyCollection<string> caps) =>
        (subject.Person is { } person ? person == maker && Of(maker, team, "access_key.create") != Reach.None : Of(maker, team, "access_key.create") == Reach.All)
        && caps.All(cap => Of(maker, team, cap) != Reach.None || (subject.Person is not null && AnyRole(cap)))
        && !caps.Any(cap => NeverByKey.Contains(cap, StringComparer.Ordinal))
        && !(subject.Kind == SubjectKind.Agent && caps.Any(cap => cap.StartsWith("wallet.", StringComparison.Ordinal) || cap.StartsWith("governance.", StringComparison.Ordinal)));

    /// <summary>True where a person may have taken a new secret for a key: it is theirs, or they may all that it may.</summary>
    public bool MayRotate(UserId person, ModelKey key) =>
        key.Owner == person
            ? Of(person, key.Team, "access_key.rotate") != Reach.None
            : key.Subject.Person is null && Of(person, key.Team, "access_key.rotate") == Reach.All && key.Caps.All(cap => Of(person, key.Team, cap) >= Of(key.Owner, key.Team, cap));

    private static Reach Cell(string capability, int place) => Matrix[capability][place] switch { 'A' => Reach.All, 'o' => Reach.Own, _ => Reach.None };
}
