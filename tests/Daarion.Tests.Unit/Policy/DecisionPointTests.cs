using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Daarion.Tests.Unit.Policy;

/// <summary>The whole PDP of a process over facts that it keeps: no decision sees another's facts, and one that nobody keeps leaves nothing behind.</summary>
public sealed class DecisionPointTests : IDisposable
{
    private const int People = 60;
    private const int Teams = 12;
    private readonly Town town = new();
    private readonly KeptDecisions log = new();
    private readonly ServiceProvider services;
    private readonly PolicyDecisionPoint pdp;

    public DecisionPointTests()
    {
        services = new ServiceCollection().AddMetrics().AddSingleton<ITeamFacts>(town).AddSingleton<IKeyFacts>(town).BuildServiceProvider();
        var cache = new FactCache(new StandingClock(), services.GetRequiredService<IServiceScopeFactory>());
        pdp = new(new NewCitysRegistry(), new FactGatherer(cache, NullLogger<FactGatherer>.Instance), cache, [], log, TimeProvider.System, services.GetRequiredService<IMeterFactory>(), NullLogger<PolicyDecisionPoint>.Instance);
    }

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task Decisions_taken_at_once_are_those_taken_alone()
    {
        var questions = town.Questions(3_000);
        var alone = new List<(Verdict Verdict, DecisionFacts Facts)>();
        foreach (var question in questions)
        {
            var taken = await pdp.Decide(question, default);
            alone.Add((taken.Verdict, taken.Facts));
        }

        log.Decisions.Clear();
        var numbers = new ConcurrentBag<DecisionNumber>();
        await Parallel.ForEachAsync(Enumerable.Range(0, questions.Count * 4), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            var place = i % questions.Count;
            var taken = await pdp.Decide(questions[place], ct);
            numbers.Add(taken.Number);
            Assert.Equal(alone[place], (taken.Verdict, taken.Facts));
        });

        Assert.Equal(questions.Count * 4, numbers.Distinct().Count());
        Assert.True(alone.Count(one => one.Verdict.Allow) > People && alone.Count(one => !one.Verdict.Allow) > People);
        // What the log is given is the same again, each decision with its own facts.
        Assert.Equal(numbers.Order(NumberOrder), log.Decisions.Select(decision => decision.Number).Order(NumberOrder));
        Assert.Equal(
            questions.Zip(alone).Where(pair => !pair.Second.Verdict.Allow).Select(pair => pair.Second.Facts).ToHashSet(),
            log.Decisions.Where(decision => !decision.Verdict.Allow).Select(decision => decision.Facts).ToHashSet());
    }

    [Fact]
    public async Task An_allowance_that_nobody_keeps_leaves_nothing_behind()
    {
        const int times = 10_000;
        const int most = 32;
        var caller = Caller.ForUser(town.Anybody, SessionId.New(Facts.Now), new Origin("req_1", null, null));
        var thing = ResourceRef.Team(town.TheirTeam);
        var doors = Enumerable.Range(0, times).Select(_ => new Access(new Operation(), pdp)).ToArray();
        Assert.True((await doors[0].Ask(caller, "team.read", thing, default)).Allow);
        log.Forgetful = true;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < doors.Length; i++)
        {
            await doors[i].Ask(caller, "team.read", thing, default);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / times, 0, most);
    }

    private static readonly Comparer<DecisionNumber> NumberOrder = Comparer<DecisionNumber>.Create((a, b) => a.Ulid.CompareTo(b.Ulid));

    /// <summary>People with roles in teams of all kinds, operators, and keys.</summary>
    private sealed class Town : ITeamFacts, IKeyFacts
    {
        private readonly Random chance = new(7);
        private readonly Dictionary<TeamId, TeamFact> teams = [];
        private readonly List<UserId> people = [.. Enumerable.Range(0, People).Select(_ => UserId.New(Facts.Now))];
        private readonly Dictionary<(TeamId Team, UserId User), MembershipFact> members = [];
        private readonly Dictionary<string, KeyFact> keys = new(StringComparer.Ordinal);
        private readonly string[] actions = [.. Facts.NewCity.Capabilities.Order(StringComparer.Ordinal)];

        public Town()
        {
            for (var number = 0; number < Teams; number++)
            {
                var team = new TeamFact(TeamId.New(Facts.Now), $"Team {number}", number % 5 == 1 ? TeamState.Locked : TeamState.Active, (TeamMode)(number % 2), (TeamPlan)(number % 4));
                teams.Add(team.Id, team);
                foreach (var person in people.Where((_, place) => place % Teams == number || place % 7 == number))
                {
                    members[(team.Id, person)] = new(team.Id, person, (TeamRole)chance.Next(4), (ViewerType)chance.Next(3), Facts.Now);
                }
            }

            members[(TheirTeam, Anybody)] = new(TheirTeam, Anybody, TeamRole.Owner, null, Facts.Now);
            members[(Facts.City, people[3])] = new(Facts.City, people[3], TeamRole.Guardian, null, Facts.Now);
            foreach (var person in people.Take(People / 3))
            {
                var team = members.First(member => member.Key.User == person).Key.Team;
                var key = $"ak_{keys.Count}";
                keys[key] = new(key, "Program", null, null, [.. actions.Where((_, place) => place % 3 == 0)]) { Access = new(SubjectKind.Integration, $"integration:{key}", team, person, [], null, null, []) };
            }
        }

        public UserId Anybody => people[0];

        public TeamId TheirTeam => teams.Keys.First();

        public List<DecisionFacts> Questions(int count) => [.. Enumerable.Range(0, count).Select(_ => Question())];

        private DecisionFacts Question()
        {
            var action = actions[chance.Next(actions.Length)];
            var resource = new ResourceRef("thing", $"thing_{chance.Next()}", teams.Keys.ElementAt(chance.Next(Teams)), chance.Next(2) == 0 ? people[chance.Next(People)].Value : null);
            var from = new Origin("req_1", null, null);
            var key = keys.Values.ElementAt(chance.Next(keys.Count));
            var caller = chance.Next(4) == 0
                ? Caller.ForAccessKey(key.KeyId, SubjectKind.Integration, key.Access!.SubjectId, from)
                : Caller.ForUser(people[chance.Next(People)], SessionId.New(Facts.Now), from);
            return Core.Policy.Questions.Of(caller, action, resource, Facts.Now);
        }

        public Task<TeamFact?> Team(TeamId team, CancellationToken ct) => Task.FromResult(teams.GetValueOrDefault(team));

        public Task<PersonFact?> Person(UserId user, CancellationToken ct) => Task.FromResult<PersonFact?>(new(user, null));

        public Task<StandingFact> Standing(TeamId team, UserId user, CancellationToken ct) => Task.FromResult(new StandingFact(teams.GetValueOrDefault(team), members.GetValueOrDefault((team, user))));

        public Task<IReadOnlyList<MembershipFact>> Members(TeamId team, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<MembershipFact>>([.. members.Values.Where(member => member.TeamId == team).Take(limit)]);

        public Task<KeyFact?> Key(string keyId, CancellationToken ct) => Task.FromResult(keys.GetValueOrDefault(keyId));

        public Task<IReadOnlyList<KeyFact>> Holding(string capability, TeamId team, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<KeyFact>>([]);
    }

    private sealed class KeptDecisions : IDecisionLog
    {
        public ConcurrentBag<TakenDecision> Decisions { get; } = [];

        public bool Forgetful { get; set; }

        public void Write(in TakenDecision decision)
        {
            if (!Forgetful)
            {
                Decisions.Add(decision);
            }
        }

        public Task<Page<DecisionRecord>> List(DecisionFilter filter, CancellationToken ct) => throw new NotSupportedException();

        public Task<DecisionExplanation?> Find(DecisionId id, CancellationToken ct) => throw new NotSupportedException();
    }

    private sealed class NewCitysRegistry : IPolicySnapshots
    {
        public ValueTask<PolicySnapshot> Current(CancellationToken ct) => new(Facts.NewCity);

        public Task<PolicySnapshot> Reload(CancellationToken ct) => Task.FromResult(Facts.NewCity);
    }

    /// <summary>What is known stays known, however long the test takes.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
