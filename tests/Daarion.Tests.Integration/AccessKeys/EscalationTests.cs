using System.Globalization;
using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.AccessKeys;

/// <summary>What may be tried in one step; what it is tried with is picked out of what there is then.</summary>
public enum Attempt
{
    UseKey,
    AskAsPerson,
    MakeKey,
    Rotate,
    Revoke,
    ChangeRole,
    RemoveMember,
    AddMember,
}

/// <summary>One step.</summary>
public sealed record Step(Attempt Attempt, int Actor, int Key, int Other, int Team, int Capability, int More, int Kind, int Role);

/// <summary>
/// Members, Guardians, operators, strangers and keys try whatever they can to get at a capability that is not theirs, in any order. The city
/// is asked, and a model with memberships and a matrix of its own says what the answer must be. <c>DAARION_ESCALATION_STEPS</c> asks for more steps.
/// </summary>
[Collection(CityCollection.Name)]
public sealed class EscalationTests(CityFixture city)
{
    private const int StepsOfARound = 150;
    private static readonly Caller Anyone = CityFixture.Service(ServiceName.Capabilities);

    private static int Rounds => (int.TryParse(Environment.GetEnvironmentVariable("DAARION_ESCALATION_STEPS"), NumberStyles.None, CultureInfo.InvariantCulture, out var steps) ? steps : 2_100) / StepsOfARound;

    private static Gen<Step> AnyStep =>
        from attempt in Gen.Frequency(
            (8, Gen.Constant(Attempt.UseKey)), (3, Gen.Constant(Attempt.AskAsPerson)), (5, Gen.Constant(Attempt.MakeKey)), (4, Gen.Constant(Attempt.Rotate)), (1, Gen.Constant(Attempt.Revoke)),
            (2, Gen.Constant(Attempt.ChangeRole)), (1, Gen.Constant(Attempt.RemoveMember)), (2, Gen.Constant(Attempt.AddMember)))
        from picks in Gen.ArrayOf(Gen.Choose(0, 10_000), 8)
        select new Step(attempt, picks[0], picks[1], picks[2], picks[3], picks[4], picks[5], picks[6], picks[7]);

    [Fact]
    public async Task Nobody_reaches_a_capability_that_is_not_theirs()
    {
        var (made, used) = (0, 0);
        var property = Prop.ForAll(Gen.ArrayOf(AnyStep, StepsOfARound).ToArbitrary(), async steps =>
        {
            var round = await Round.Begin(city);
            foreach (var step in steps)
            {
                await round.Take(step);
            }

            (made, used) = (made + round.Model.Keys.Count, used + round.Allowed);
        });
        await Task.Run(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Rounds).WithEndSize(StepsOfARound), property));

        // It was not for want of trying.
        Assert.True(made > Rounds && used > Rounds, $"{made} keys were made, {used} uses were allowed");
    }

    /// <summary>Two teams, their people and keys, and the model of both.</summary>
    private sealed class Round(CityFixture city, IReadOnlyList<Person> people, IReadOnlyList<TeamId> teams)
    {
        private static readonly TeamRole[] Roles = [TeamRole.Visitor, TeamRole.Member, TeamRole.Guardian];
        private static readonly IReadOnlyList<string> ForOwners = ["wallet.transfer", "team.plan.change", "team.delete"];

        private IAccessKeyService KeyService => city.Get<IAccessKeyService>();

        private IMembershipService MemberService => city.Get<IMembershipService>();

        public EscalationModel Model { get; } = new();

        public int Allowed { get; private set; }

        public static async Task<Round> Begin(CityFixture city)
        {
            var ((here, owner), (there, other)) = (await city.NewTeam(), await city.NewTeam());
            var (guardian, member, stranger) = (await city.NewMember(here.Id, owner, TeamRole.Guardian), await city.NewMember(here.Id, owner), await city.NewPerson());
            // Who has something to say in both teams would notice if a key did not stay in its own.
            await city.Get<IMembershipService>().Add(other.Caller, new AddMember(there.Id, guardian.Id, Role: TeamRole.Guardian), default);
            await city.Get<IMembershipService>().Add(other.Caller, new AddMember(there.Id, owner.Id), default);
            var made = await city.Get<IOperatorService>().Make(CityFixture.Service(ServiceName.Auth), new MakeOperator($"{city.Unique("escalation")}@example.org"), default);
            var @operator = new Person(made.UserId, made.Email, Caller.ForUser(made.UserId, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_test", IPAddress.Loopback, "tests")));
            var round = new Round(city, [owner, guardian, member, stranger, other, @operator], [here.Id, there.Id]);
            round.Model.Offices[@operator.Id] = made.Role;
            round.Model.Members[(Id<TeamKind>.WellKnown(), @operator.Id)] = made.Role;
            round.Model.Members[(here.Id, owner.Id)] = TeamRole.Owner;
            round.Model.Members[(here.Id, guardian.Id)] = TeamRole.Guardian;
            round.Model.Members[(here.Id, member.Id)] = TeamRole.Member;
            round.Model.Members[(there.Id, other.Id)] = TeamRole.Owner;
            round.Model.Members[(there.Id, guardian.Id)] = TeamRole.Guardian;
            round.Model.Members[(there.Id, owner.Id)] = TeamRole.Member;
            return round;
        }

        public Task Take(Step step) => step.Attempt switch
        {
            Attempt.UseKey => Use(step),
            Attempt.AskAsPerson => Ask(step),
            Attempt.MakeKey => Make(step),
            Attempt.Rotate => Rotate(step),
            Attempt.Revoke => Revoke(step),
            Attempt.ChangeRole => ChangeRole(step),
            Attempt.RemoveMember => Remove(step),
            _ => Add(step),
        };

        private async Task Use(Step step)
        {
            if (Model.Keys.Count == 0)
            {
                return;
            }

            var key = Model.Keys[step.Key % Model.Keys.Count];
            var secrets = key.Secrets.Concat(key.Spent).Order(StringComparer.Ordinal).ToList();
            var secret = secrets[step.More % secrets.Count];
            var proof = await KeyService.Verify(Caller.Anonymous(new Origin("req_test", IPAddress.Loopback, null)), new VerifyAccessKey(secret), default);
            Assert.Equal(!key.Revoked && key.Secrets.Contains(secret), proof.Good);

            // Whoever was let in before is asked again by the PDP: the door is not the only guard.
            await Decide(step, key.Subject.Value, key.Subject.Kind, key.Id, (team, capability, thingOf) => Model.May(key, team, capability, thingOf), key.Owner);
        }

        private Task Ask(Step step)
        {
            var person = people[step.Actor % people.Count];
            return Decide(step, person.Id.Value, SubjectKind.User, null, (team, capability, thingOf) => Model.May(person.Id, team, capability, thingOf), person.Id);
        }

        private async Task Decide(Step step, string subject, SubjectKind kind, AccessKeyId? key, Func<TeamId?, string, UserId?, bool> oracle, UserId self)
        {
            var capability = EscalationModel.Capabilities[step.Capability % EscalationModel.Capabilities.Count];
            TeamId? team = (step.Team % 5) switch { 4 => null, var pick => teams[pick % 2] };
            UserId? thingOf = (step.Other % 3) switch { 0 => null, 1 => self, _ => people[step.Other % people.Count].Id };
            var question = new DecisionRequest(new SubjectRef(subject, kind), capability, team, new DecisionResource("thing", "thing_1", team, Owner: thingOf?.Value), key?.Value);
            var answer = await city.Get<IPolicyService>().Decide(Anyone, question, default);
            var expected = oracle(team, capability, thingOf);
            Assert.True(expected == answer.Allow, $"{subject} {capability} in {team} with a thing of {thingOf}: {answer.Reason}, but the model says {expected}");
            Allowed += answer.Allow ? 1 : 0;
        }

        private async Task Make(Step step)
        {
            var (actor, caller) = Actor(step);
            var (team, other) = (teams[step.Team % 3 / 2], people[step.Other % people.Count]);
            var subject = (step.Kind % 4) switch
            {
                0 => KeySubject.Of(actor?.Id ?? other.Id),
                1 => KeySubject.Of(other.Id),
                2 => KeySubject.Parse("agent:gardener"),
                _ => KeySubject.Parse("integration:crm"),
            };
            // Half of the keys are for what only an Owner may: what everybody tries to get at.
            var codes = step.More % 2 == 0 ? ForOwners : EscalationModel.Capabilities;
            string[] caps = [.. Enumerable.Range(0, 1 + (step.Role % 2)).Select(i => codes[(step.Capability + (i * 5)) % codes.Count]).Distinct(StringComparer.Ordinal)];
            if (await Tried(() => KeyService.Create(caller, new CreateAccessKey(team, "Ключ", subject, Caps: caps), default)) is { } made)
            {
                Assert.True(actor is not null && Model.MayMake(actor.Id, subject, team, caps), $"{caller.SubjectId} made a key for {subject} with {string.Join(',', caps)}");
                var key = new ModelKey(made.Id, subject, team, subject.Person ?? actor.Id, caps.ToHashSet(StringComparer.Ordinal));
                key.Secrets.Add(made.Secret);
                Newest[key.Id] = made.Secret;
                Model.Keys.Add(key);
            }
        }

        private async Task Rotate(Step step)
        {
            if (Model.Keys.Count > 0)
            {
                var (actor, caller) = Actor(step);
                var key = Model.Keys[step.Other % Model.Keys.Count];
                var overlap = step.More % 2 == 0 ? 0 : 3600;
                if (await Tried(() => KeyService.Rotate(caller, new RotateAccessKey(key.Id, overlap), default)) is { } made)
                {
                    Assert.True(actor is not null && Model.MayRotate(actor.Id, key), $"{caller.SubjectId} took a new secret for {key}");
                    // Only the secret right before is good beside the new one.
                    foreach (var old in key.Secrets.ToList().Where(old => overlap == 0 || old != Newest[key.Id]))
                    {
                        key.Secrets.Remove(old);
                        key.Spent.Add(old);
                    }

                    key.Secrets.Add(made.Secret);
                    Newest[key.Id] = made.Secret;
                }
            }
        }

        private async Task Revoke(Step step)
        {
            if (Model.Keys.Count > 0)
            {
                var (actor, caller) = Actor(step);
                var key = Model.Keys[step.Other % Model.Keys.Count];
                if (await Tried(() => KeyService.Revoke(caller, new RevokeAccessKey(key.Id), default)) is not null)
                {
                    Assert.True(By(actor, step, key.Team, "access_key.revoke", key.Owner), $"{caller.SubjectId} revoked {key}");
                    key.Revoked = true;
                }
            }
        }

        private async Task ChangeRole(Step step)
        {
            var (actor, caller) = Actor(step);
            var (team, person, role) = (teams[step.Team % 2], people[step.Other % people.Count].Id, Roles[step.Role % 3]);
            if (await Tried(() => MemberService.ChangeRole(caller, new ChangeMemberRole(team, person, role), default)) is not null)
            {
                Assert.True(By(actor, step, team, "team.member.change_role", null), $"{caller.SubjectId} made somebody {role}");
                Model.Members[(team, person)] = role;
            }
        }

        private async Task Remove(Step step)
        {
            var (actor, caller) = Actor(step);
            var (team, person) = (teams[step.Team % 2], people[step.Other % people.Count].Id);
            if (await Tried(() => MemberService.Remove(caller, new RemoveMember(team, person), default)) is not null)
            {
                Assert.True(actor is not null && (actor.Id == person || Model.Of(actor.Id, team, "team.update") == Reach.All), $"{caller.SubjectId} removed somebody");
                Model.Members.Remove((team, person));
            }
        }

        private async Task Add(Step step)
        {
            var (actor, caller) = Actor(step);
            var (team, person, role) = (teams[step.Team % 2], people[step.Other % people.Count].Id, Roles[step.Role % 3]);
            if (await Tried(() => MemberService.Add(caller, new AddMember(team, person, Role: role), default)) is not null)
            {
                Assert.True(actor is not null && Model.Of(actor.Id, team, "team.update") == Reach.All, $"{caller.SubjectId} added somebody");
                Model.Members[(team, person)] = role;
            }
        }

        private Dictionary<AccessKeyId, string> Newest { get; } = [];

        private bool By(Person? actor, Step step, TeamId team, string capability, UserId? thingOf) =>
            actor is not null ? Model.May(actor.Id, team, capability, thingOf) : Model.May(Model.Keys[step.Key % Model.Keys.Count], team, capability, thingOf);

        // A third of all attempts are made with a key, also with one that was revoked a moment ago.
        private (Person? Person, Caller Caller) Actor(Step step)
        {
            if (step.Actor % 3 == 0 && Model.Keys.Count > 0)
            {
                var key = Model.Keys[step.Key % Model.Keys.Count];
                return (null, Caller.ForAccessKey(key.Id.Value, key.Subject.Kind, key.Subject.Value, new Origin("req_test", IPAddress.Loopback, "tests")));
            }

            // The Owner and the Guardian of the first team act the most: whoever has nothing gets nowhere.
            int[] turns = [0, 0, 1, 1, 2, 3, 4, 5];
            var person = people[turns[step.Actor % turns.Length]];
            return (person, person.Caller);
        }

        private static async Task<T?> Tried<T>(Func<Task<T>> attempt)
            where T : class
        {
            try
            {
                return await attempt();
            }
            catch (CityException e) when (e.Code is ErrorCode.Forbidden or ErrorCode.NotFound or ErrorCode.InvalidPayload or ErrorCode.Conflict)
            {
                return null;
            }
        }
    }
}
