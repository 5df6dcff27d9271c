using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Teams;

[Collection(CityCollection.Name)]
public sealed class MembershipTests(CityFixture city)
{
    private IMembershipService Members => city.Get<IMembershipService>();

    /// <summary>Who may make a person with a role something else: the rows of access.md.</summary>
    [Theory]
    [InlineData(TeamRole.Owner, TeamRole.Member, TeamRole.Guardian, true)]
    [InlineData(TeamRole.Owner, TeamRole.Guardian, TeamRole.Visitor, true)]
    [InlineData(TeamRole.Guardian, TeamRole.Member, TeamRole.Visitor, true)]
    [InlineData(TeamRole.Guardian, TeamRole.Visitor, TeamRole.Member, true)]
    [InlineData(TeamRole.Guardian, TeamRole.Member, TeamRole.Guardian, false)]
    [InlineData(TeamRole.Guardian, TeamRole.Guardian, TeamRole.Member, false)]
    [InlineData(TeamRole.Guardian, TeamRole.Owner, TeamRole.Member, false)]
    [InlineData(TeamRole.Member, TeamRole.Visitor, TeamRole.Member, false)]
    [InlineData(TeamRole.Visitor, TeamRole.Member, TeamRole.Visitor, false)]
    public async Task Roles_are_changed_by_whom_the_matrix_says(TeamRole actorRole, TeamRole before, TeamRole after, bool allowed)
    {
        var (team, owner) = await city.NewTeam();
        var actor = actorRole == TeamRole.Owner ? owner : await Join(team, owner, actorRole);
        var target = before == TeamRole.Owner ? owner : await Join(team, owner, before);

        var change = () => Members.ChangeRole(actor.Caller, new ChangeMemberRole(team.Id, target.Id, after), default);

        if (allowed)
        {
            Assert.Equal(after, (await change()).Role);
        }
        else
        {
            await Assert.ThrowsAsync<CityException>(change);
            Assert.Equal(before, (await Members.Get(owner.Caller, new GetMember(team.Id, target.Id), default)).Role);
        }
    }

    [Theory]
    [InlineData(TeamRole.Owner, TeamRole.Guardian, true)]
    [InlineData(TeamRole.Owner, TeamRole.Member, true)]
    [InlineData(TeamRole.Guardian, TeamRole.Member, true)]
    [InlineData(TeamRole.Guardian, TeamRole.Visitor, true)]
    [InlineData(TeamRole.Guardian, TeamRole.Guardian, false)]
    [InlineData(TeamRole.Guardian, TeamRole.Owner, false)]
    [InlineData(TeamRole.Member, TeamRole.Visitor, false)]
    [InlineData(TeamRole.Visitor, TeamRole.Visitor, false)]
    public async Task Members_are_removed_by_whom_the_matrix_says(TeamRole actorRole, TeamRole targetRole, bool allowed)
    {
        var (team, owner) = await city.NewTeam();
        var actor = actorRole == TeamRole.Owner ? owner : await Join(team, owner, actorRole);
        var target = targetRole == TeamRole.Owner ? owner : await Join(team, owner, targetRole);

        var remove = () => Members.Remove(actor.Caller, new RemoveMember(team.Id, target.Id), default);

        if (allowed)
        {
            Assert.Equal(target.Id, (await remove()).UserId);
        }
        else
        {
            await Assert.ThrowsAsync<CityException>(remove);
        }
    }

    [Fact]
    public async Task A_removed_member_may_nothing_at_once()
    {
        var (team, owner) = await city.NewTeam();
        var member = await Join(team, owner, TeamRole.Member);
        await city.Get<ITeamService>().Get(member.Caller, new GetTeam(team.Id), default);

        await Members.Remove(owner.Caller, new RemoveMember(team.Id, member.Id), default);

        await Assert.ThrowsAsync<CityException>(() => city.Get<ITeamService>().Get(member.Caller, new GetTeam(team.Id), default));
    }

    [Fact]
    public async Task Everybody_may_leave_but_the_Owner()
    {
        var (team, owner) = await city.NewTeam();
        var guardian = await Join(team, owner, TeamRole.Guardian);
        var visitor = await Join(team, owner, TeamRole.Visitor);

        await Members.Remove(guardian.Caller, new RemoveMember(team.Id, guardian.Id), default);
        await Members.Remove(visitor.Caller, new RemoveMember(team.Id, visitor.Id), default);
        var failure = await Assert.ThrowsAsync<CityException>(() => Members.Remove(owner.Caller, new RemoveMember(team.Id, owner.Id), default));

        Assert.Equal((ErrorCode.Conflict, "owner_must_transfer"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task Adding_a_member_again_is_a_conflict()
    {
        var (team, owner) = await city.NewTeam();
        var member = await Join(team, owner, TeamRole.Member);

        var failure = await Assert.ThrowsAsync<CityException>(() => Members.Add(owner.Caller, new AddMember(team.Id, Email: member.Email.ToUpperInvariant()), default));

        Assert.Equal((ErrorCode.Conflict, "already_member"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task A_member_without_a_viewer_type_is_a_contributor_and_no_other_role_has_one()
    {
        var (team, owner) = await city.NewTeam();
        var (one, other) = (await city.NewPerson(), await city.NewPerson());

        var added = await Members.Add(owner.Caller, new AddMember(team.Id, one.Id), default);
        var failure = await Assert.ThrowsAsync<CityException>(() => Members.Add(owner.Caller, new AddMember(team.Id, other.Id, Role: TeamRole.Visitor, ViewerType: ViewerType.Reader), default));

        Assert.Equal(ViewerType.Contributor, added.Member?.ViewerType);
        Assert.Equal(ErrorCode.InvalidPayload, failure.Code);
    }

    [Fact]
    public async Task A_team_takes_no_second_Owner()
    {
        var (team, owner) = await city.NewTeam();
        var person = await city.NewPerson();

        var failure = await Assert.ThrowsAsync<CityException>(() => Members.Add(owner.Caller, new AddMember(team.Id, person.Id, Role: TeamRole.Owner), default));

        Assert.Equal(ErrorCode.InvalidPayload, failure.Code);
    }

    [Fact]
    public async Task A_transfer_makes_the_Owner_a_Guardian()
    {
        var (team, owner) = await city.NewTeam();
        var heir = await Join(team, owner, TeamRole.Member);

        await Members.TransferOwner(owner.Caller, new TransferOwner(team.Id, heir.Id), default);

        var roles = (await Members.List(heir.Caller, new ListMembers(team.Id, new PageRequest()), default)).Items.Select(member => (member.UserId, member.Role)).ToList();
        Assert.Equal([(heir.Id, TeamRole.Owner), (owner.Id, TeamRole.Guardian)], roles);
        await Assert.ThrowsAsync<CityException>(() => Members.TransferOwner(owner.Caller, new TransferOwner(team.Id, owner.Id), default));
    }

    [Fact]
    public async Task There_is_exactly_one_Owner_whatever_happens_at_once()
    {
        var (team, owner) = await city.NewTeam();
        var people = new List<Person> { owner };
        for (var person = 0; person < 4; person++)
        {
            people.Add(await Join(team, owner, TeamRole.Guardian));
        }

        var random = new Random(20261124);
        var moves = Enumerable.Range(0, 120).Select(_ => (Actor: people[random.Next(people.Count)], Target: people[random.Next(people.Count)], Kind: random.Next(4))).ToList();
        var watching = Watch(team, moves.Count);
        await Parallel.ForEachAsync(moves, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (move, _) =>
        {
            try
            {
                await (move.Kind switch
                {
                    0 or 1 => Members.TransferOwner(move.Actor.Caller, new TransferOwner(team.Id, move.Target.Id), default),
                    2 => Members.Remove(move.Actor.Caller, new RemoveMember(team.Id, move.Target.Id), default),
                    _ => Add(team, move.Actor, move.Target),
                });
            }
            catch (CityException)
            {
                // Most moves are refused; what counts is what stays.
            }
        });

        Assert.All(await watching, owners => Assert.Equal(1L, owners));
        Assert.Equal(1L, await Owners(team));
    }

    [Fact]
    public async Task The_citys_own_team_has_no_Visitors()
    {
        var (boss, other) = (await city.NewOperator(), await city.NewOperator());
        var known = await city.NewPerson();
        var auth = CityFixture.Service(ServiceName.Auth);

        var refusals = new[]
        {
            await Assert.ThrowsAsync<CityException>(() => Members.Add(boss.Caller, new AddMember(TeamId.WellKnown(), known.Id, Role: TeamRole.Visitor), default)),
            await Assert.ThrowsAsync<CityException>(() => Members.Add(boss.Caller, new AddMember(TeamId.WellKnown(), Email: $"{city.Unique("guest")}@example.org", Role: TeamRole.Visitor), default)),
            await Assert.ThrowsAsync<CityException>(() => Members.ChangeRole(auth, new ChangeMemberRole(TeamId.WellKnown(), other.Id, TeamRole.Visitor), default)),
        };

        Assert.All(refusals, refusal => Assert.Equal(ErrorCode.InvalidPayload, refusal.Code));
        Assert.All(refusals, refusal => Assert.Contains("role", refusal.Errors.Keys));
    }

    [Fact]
    public async Task A_Visitor_whom_the_citys_own_team_has_all_the_same_sees_nothing_of_the_city()
    {
        var (_, person) = (await city.NewOperator(), await city.NewPerson());
        await using (var database = await city.OpenDatabase())
        {
            await using var command = new Npgsql.NpgsqlCommand("insert into teams.team_members (team_id, user_id, role, joined_at) values ('t_city', $1, 'visitor', now())", database) { Parameters = { new() { Value = person.Id.Value } } };
            await command.ExecuteNonQueryAsync();
        }

        var page = new PageRequest();
        Func<Task>[] looks =
        [
            () => city.Get<IUserService>().List(person.Caller, new ListUsers(page), default),
            () => city.Get<ITeamService>().List(person.Caller, new ListTeams(page), default),
            () => city.Get<ISessionService>().List(person.Caller, new ListSessions(page, Everyone: true), default),
            () => city.Get<ISessionService>().Failures(person.Caller, new ListSignInFailures(page), default),
            () => city.Get<IPolicyService>().ListDecisions(person.Caller, new DecisionFilter(), default),
            () => city.Get<IAccessReviewService>().WhoCan(person.Caller, new WhoCan("team.update"), default),
            () => Members.List(person.Caller, new ListMembers(TeamId.WellKnown(), page), default),
        ];

        foreach (var look in looks)
        {
            var refusal = await Assert.ThrowsAsync<CityException>(look);
            Assert.Equal(ErrorCode.Forbidden, refusal.Code);
            Assert.Contains(refusal.Reason, new[] { Reasons.ConfidentialRestriction, Reasons.RbacDenied });
        }

        Assert.Equal(person.Id, (await city.Get<IUserService>().Me(person.Caller, new GetMe(), default)).Id);
        Assert.Equal(person.Id, (await Members.Remove(person.Caller, new RemoveMember(TeamId.WellKnown(), person.Id), default)).UserId);
    }

    [Fact]
    public async Task A_Visitor_leaves_a_confidential_team()
    {
        var (team, owner) = await city.NewTeam();
        var visitor = await Join(team, owner, TeamRole.Visitor);
        await city.Get<ITeamService>().Update(owner.Caller, new UpdateTeam(team.Id, Mode: TeamMode.Confidential), default);

        await Assert.ThrowsAsync<CityException>(() => city.Get<ITeamService>().Get(visitor.Caller, new GetTeam(team.Id), default));
        var left = await Members.Remove(visitor.Caller, new RemoveMember(team.Id, visitor.Id), default);

        Assert.Equal(visitor.Id, left.UserId);
    }

    [Fact]
    public async Task A_new_invitation_takes_the_place_of_the_one_before()
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        await Members.Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        var first = (await Mailbox.Count(city, email, 1))[0];
        await Members.Add(owner.Caller, new AddMember(team.Id, Email: email, Role: TeamRole.Visitor), default);
        var second = (await Mailbox.Count(city, email, 2))[1];
        var visitor = CityFixture.Service(ServiceName.Auth);

        var old = await Members.InspectInvitation(visitor, new InspectInvitation(first.Token), default);
        var current = await Members.InspectInvitation(visitor, new InspectInvitation(second.Token), default);

        Assert.Equal((InvitationState.Revoked, InvitationState.Open), (old.State, current.State));
        Assert.Equal(TeamRole.Visitor, current.Role);
    }

    [Fact]
    public async Task A_Guardian_does_not_put_an_invitation_in_the_place_of_a_Guardians()
    {
        var (team, owner) = await city.NewTeam();
        var guardian = await Join(team, owner, TeamRole.Guardian);
        var email = $"{city.Unique("guest")}@example.org";
        var offered = (await Members.Add(owner.Caller, new AddMember(team.Id, Email: email, Role: TeamRole.Guardian), default)).Invitation!;

        var refused = await Assert.ThrowsAsync<CityException>(() => Members.Add(guardian.Caller, new AddMember(team.Id, Email: email), default));
        var open = await Members.Invitations(owner.Caller, new ListInvitations(team.Id, new PageRequest()), default);
        await Members.Add(owner.Caller, new AddMember(team.Id, Email: email), default);

        Assert.Equal(ErrorCode.Forbidden, refused.Code);
        Assert.Equal(offered.Id, Assert.Single(open.Items).Id);
        Assert.Equal(1L, await Count("select count(*) from outbox.outbox_events where topic = 'team.invitation.revoked' and sequence_key = $1", team.Id.Value));
    }

    [Fact]
    public async Task A_team_has_no_more_open_invitations_than_it_may()
    {
        var (team, owner) = await city.NewTeam();
        await Count(
            """
            with made as (
              insert into teams.team_invitations (id, team_id, email, role, viewer_type, token_hash, created_at, expires_at)
              select 'inv_' || lpad(i::text, 4, '0') || right($1, 22), $1, 'guest' || i || '@example.org', 'member', 'reader', sha256(convert_to($1 || i, 'UTF8')), now(), now() + interval '1 day'
              from generate_series(1, 200) as i
              returning 1)
            select count(*) from made
            """,
            team.Id.Value);

        var refused = await Assert.ThrowsAsync<CityException>(() => Members.Add(owner.Caller, new AddMember(team.Id, Email: $"{city.Unique("guest")}@example.org"), default));
        await Count("with gone as (update teams.team_invitations set expires_at = now() where team_id = $1 returning 1) select count(*) from gone", team.Id.Value);
        var added = await Members.Add(owner.Caller, new AddMember(team.Id, Email: $"{city.Unique("guest")}@example.org"), default);

        Assert.Equal((ErrorCode.Conflict, "too_many_invitations"), (refused.Code, refused.Reason));
        Assert.NotNull(added.Invitation);
    }

    [Theory]
    [InlineData(TeamState.Locked)]
    [InlineData(TeamState.Archived)]
    public async Task A_team_that_takes_no_change_takes_no_guest_either(TeamState state)
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        var invited = await Members.Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        var letter = await Mailbox.Newest(city, email);
        var teams = city.Get<ITeamService>();
        await (state == TeamState.Archived ? teams.Archive(owner.Caller, new ArchiveTeam(team.Id), default) : teams.Update(owner.Caller, new UpdateTeam(team.Id, State: state), default));

        var refused = await Assert.ThrowsAsync<CityException>(() => Members.AcceptInvitation(CityFixture.Service(ServiceName.Auth), new AcceptInvitation(letter.Token), default));
        var nobody = await city.Get<IUserService>().LookUpAddress(CityFixture.Service(ServiceName.Auth), new LookUpAddress(email), default);

        Assert.Equal((ErrorCode.Forbidden, Reasons.TeamLocked), (refused.Code, refused.Reason));
        Assert.Null(nobody.User);
        Assert.NotNull(invited.Invitation);
    }

    [Fact]
    public async Task A_revoked_invitation_is_good_for_nothing()
    {
        var (team, owner) = await city.NewTeam();
        var email = $"{city.Unique("guest")}@example.org";
        var added = await Members.Add(owner.Caller, new AddMember(team.Id, Email: email), default);
        var letter = await Mailbox.Newest(city, email);
        await Members.RevokeInvitation(owner.Caller, new RevokeInvitation(team.Id, added.Invitation!.Id), default);

        var failure = await Assert.ThrowsAsync<CityException>(() => Members.AcceptInvitation(CityFixture.Service(ServiceName.Auth), new AcceptInvitation(letter.Token), default));

        Assert.Equal((ErrorCode.Conflict, "invitation_closed"), (failure.Code, failure.Reason));
    }

    private async Task<MemberView> Add(TeamView team, Person actor, Person target) =>
        (await Members.Add(actor.Caller, new AddMember(team.Id, target.Id, Role: TeamRole.Guardian), default)).Member!;

    private async Task<Person> Join(TeamView team, Person owner, TeamRole role)
    {
        var person = await city.NewPerson();
        await Members.Add(owner.Caller, new AddMember(team.Id, person.Id, Role: role), default);
        return person;
    }

    private async Task<IReadOnlyList<long>> Watch(TeamView team, int looks)
    {
        var seen = new List<long>();
        for (var look = 0; look < looks; look++)
        {
            seen.Add(await Owners(team));
        }

        return seen;
    }

    private Task<long> Owners(TeamView team) => Count("select count(*) from teams.team_members where team_id = $1 and role = 'owner'", team.Id.Value);

    private async Task<long> Count(string sql, string about)
    {
        await using var database = await city.OpenDatabase();
        await using var command = new Npgsql.NpgsqlCommand(sql, database) { Parameters = { new() { Value = about } } };
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
