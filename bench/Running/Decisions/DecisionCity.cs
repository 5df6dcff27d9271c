using System.Globalization;
using System.Net;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Bench.Running.Decisions;

/// <summary>A question to the PDP.</summary>
internal sealed record Question(Caller Caller, string Action, ResourceRef Resource);

/// <summary>
/// A city to ask about: teams with their people, operators, service keys and access keys, and a mix of questions as they come: most of them
/// somebody looking at something in their own team, some by strangers, operators and keys.
/// </summary>
internal sealed class DecisionCity : ITeamFacts, IKeyFacts
{
    /// <summary>Questions of the mix.</summary>
    public const int QuestionCount = 4_096;

    private const int Operators = 12;
    private const int ServiceKeys = 40;
    private const int HeldByKey = 5;
    private static readonly TeamId City = Id<TeamKind>.WellKnown();
    private static readonly DateTimeOffset Begin = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Random chance = new(20_261_125);
    private readonly Dictionary<TeamId, TeamFact> teams = [];
    private readonly Dictionary<(TeamId Team, UserId User), MembershipFact> memberships = [];
    private readonly Dictionary<string, KeyFact> keys = new(StringComparer.Ordinal);
    private readonly List<MembershipFact> members = [];
    private readonly List<MembershipFact> operators = [];
    private readonly List<KeyFact> serviceKeys = [];
    private readonly List<KeyFact> accessKeys = [];

    public DecisionCity(int teamCount, int peopleOfTeam)
    {
        Registry = BenchRegistry.Make(Begin);
        for (var number = 0; number < teamCount; number++)
        {
            AddTeam(number, peopleOfTeam);
        }

        for (var number = 0; number < Operators; number++)
        {
            operators.Add(Join(City, (TeamRole)(1 + (number % 3)), null));
        }

        for (var number = 0; number < ServiceKeys; number++)
        {
            serviceKeys.Add(Keep(new KeyFact(string.Create(CultureInfo.InvariantCulture, $"key-{number}"), "Service", null, null, SomeCapabilities())));
        }

        Questions = [.. Enumerable.Range(0, QuestionCount).Select(_ => Ask())];
    }

    public PolicySnapshot Registry { get; }

    public IReadOnlyList<Question> Questions { get; }

    public TeamFact TeamOf(TeamId team) => teams[team];

    public MembershipFact? MemberOf(TeamId team, UserId user) => memberships.GetValueOrDefault((team, user));

    public KeyFact KeyOf(string id) => keys[id];

    /// <summary>Everything the cache can hold of this city: its teams and keys, and of every person the office and the role.</summary>
    public (IEnumerable<TeamId> Teams, IEnumerable<(TeamId Team, UserId User)> Memberships, IEnumerable<string> Keys) Known() =>
        (teams.Keys, members.Select(member => (member.TeamId, member.UserId)).Concat(members.Concat(operators).Select(member => (City, member.UserId))), keys.Keys);

    Task<TeamFact?> ITeamFacts.Team(TeamId team, CancellationToken ct) => Task.FromResult(teams.GetValueOrDefault(team));

    Task<PersonFact?> ITeamFacts.Person(UserId user, CancellationToken ct) => Task.FromResult<PersonFact?>(new(user, null));

    Task<StandingFact> ITeamFacts.Standing(TeamId team, UserId user, CancellationToken ct) => Task.FromResult(new StandingFact(teams.GetValueOrDefault(team), MemberOf(team, user)));

    Task<IReadOnlyList<MembershipFact>> ITeamFacts.Members(TeamId team, int limit, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<MembershipFact>>(team == City ? operators : [.. members.Where(member => member.TeamId == team)]);

    Task<KeyFact?> IKeyFacts.Key(string keyId, CancellationToken ct) => Task.FromResult(keys.GetValueOrDefault(keyId));

    Task<IReadOnlyList<KeyFact>> IKeyFacts.Holding(string capability, TeamId team, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<KeyFact>>([]);

    // Of ten people of a team one owns it, one guards it, two visit, and the others work in it, as far as their viewer types go.
    private void AddTeam(int number, int people)
    {
        var id = TeamId.New(Begin.AddSeconds(number));
        teams[id] = new(
            id,
            string.Create(CultureInfo.InvariantCulture, $"Team {number}"),
            chance.Next(100) < 3 ? TeamState.Locked : TeamState.Active,
            chance.Next(100) < 10 ? TeamMode.Confidential : TeamMode.Public,
            (TeamPlan)(number % 4));
        var owner = Join(id, TeamRole.Owner, null);
        for (var place = 1; place < people; place++)
        {
            Join(id, place == 1 && people > 2 ? TeamRole.Guardian : place < 8 ? TeamRole.Member : TeamRole.Visitor, place switch { 2 => ViewerType.Reader, 3 => ViewerType.Commenter, _ => null });
        }

        if (number % 10 == 0)
        {
            var keyId = AccessKeyId.New(Begin.AddSeconds(number)).Value;
            var grant = new AccessGrant(SubjectKind.Integration, $"integration:crm-{number}", id, owner.UserId, number % 20 == 0 ? [BenchRegistry.Custom(number / 20 % BenchRegistry.CustomBundles)] : [], null, null, []);
            accessKeys.Add(Keep(new KeyFact(keyId, "Program", number % 70 == 0 ? Begin : null, Begin.AddYears(1), SomeCapabilities()) { Access = grant }));
        }
    }

    private MembershipFact Join(TeamId team, TeamRole role, ViewerType? viewer)
    {
        var member = new MembershipFact(team, UserId.New(Begin), role, role == TeamRole.Member ? viewer : null, Begin);
        memberships[(team, member.UserId)] = member;
        if (team != City)
        {
            members.Add(member);
        }

        return member;
    }

    private KeyFact Keep(KeyFact key) => keys[key.KeyId] = key;

    private string[] SomeCapabilities() => [.. Enumerable.Range(0, HeldByKey).Select(_ => Any(BenchRegistry.Capabilities))];

    private Question Ask()
    {
        var member = Any(members);
        return chance.Next(100) switch
        {
            < 70 => new(Person(member.UserId), SomeAction(), Thing(member.TeamId, member.UserId)),
            < 75 => new(Person(member.UserId), SomeAction(), Thing(Any(members).TeamId, null)),
            < 82 => new(Person(Any(operators).UserId), SomeAction(), Thing(member.TeamId, null)),
            < 92 => AsServiceKey(Any(serviceKeys), member.TeamId),
            _ => AsAccessKey(Any(accessKeys)),
        };
    }

    // Two of three questions only look.
    private string SomeAction()
    {
        var action = Any(BenchRegistry.Capabilities);
        while (!Actions.IsRead(action) && chance.Next(2) == 0)
        {
            action = Any(BenchRegistry.Capabilities);
        }

        return action;
    }

    private ResourceRef Thing(TeamId team, UserId? person) =>
        new("thing", string.Create(CultureInfo.InvariantCulture, $"thing-{chance.Next(1_000_000)}"), TeamId.Parse(Anew(team.Value)), chance.Next(2) == 0 && person is { } owner ? Anew(owner.Value) : null);

    private Question AsServiceKey(KeyFact key, TeamId team) =>
        new(Caller.ForServiceKey(key.KeyId, null, From), chance.Next(10) < 8 ? Any(key.Capabilities) : SomeAction(), Thing(team, null));

    private Question AsAccessKey(KeyFact key)
    {
        var grant = key.Access!;
        return new(Caller.ForAccessKey(key.KeyId, grant.SubjectKind, grant.SubjectId, From), chance.Next(10) < 8 ? Any(key.Capabilities) : SomeAction(), Thing(grant.TeamId, grant.Owner));
    }

    private static Caller Person(UserId user) => Caller.ForUser(UserId.Parse(Anew(user.Value)), SessionId.New(Begin), From);

    // Each request brings texts of its own.
    private static string Anew(string text) => new(text.AsSpan());

    private static Origin From { get; } = new("req_bench", IPAddress.Loopback, "bench");

    private T Any<T>(IReadOnlyList<T> list) => list[chance.Next(list.Count)];
}
