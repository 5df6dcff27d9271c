using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Teams;

[Collection(CityCollection.Name)]
public sealed class TeamTests(CityFixture city)
{
    [Fact]
    public async Task A_new_team_has_its_maker_as_Owner_and_a_slug_of_its_name()
    {
        var owner = await city.NewPerson();
        var word = city.Unique("дім");

        var team = await city.Get<ITeamService>().Create(owner.Caller, new CreateTeam($"Теплий {word}"), default);

        Assert.Equal(owner.Id, team.OwnerUserId);
        Assert.StartsWith("teplyi-dim", team.Slug, StringComparison.Ordinal);
        Assert.Equal((TeamMode.Public, TeamState.Active, TeamPlan.Freemium, 1, 1L), (team.Mode, team.State, team.Plan, team.MemberCount, team.Version));
    }

    [Fact]
    public async Task Two_teams_of_one_name_get_two_slugs_also_at_once()
    {
        var owner = await city.NewPerson();
        var name = city.Unique("Подвір'я");

        var teams = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => city.Get<ITeamService>().Create(owner.Caller, new CreateTeam(name), default)));

        Assert.Equal(8, teams.Select(team => team.Slug).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_slug_that_is_taken_is_a_conflict()
    {
        var owner = await city.NewPerson();
        var slug = city.Unique("slug");
        await city.Get<ITeamService>().Create(owner.Caller, new CreateTeam("One", Slug: slug), default);

        var failure = await Refused(city.Get<ITeamService>().Create(owner.Caller, new CreateTeam("Two", Slug: slug), default));

        Assert.Equal((ErrorCode.Conflict, "slug_taken"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task A_person_cannot_make_a_team_for_another()
    {
        var (one, other) = (await city.NewPerson(), await city.NewPerson());

        var failure = await Refused(city.Get<ITeamService>().Create(one.Caller, new CreateTeam("Чужий дім", OwnerUserId: other.Id), default));

        Assert.Equal(ErrorCode.Forbidden, failure.Code);
    }

    [Fact]
    public async Task A_team_is_not_there_for_who_has_no_role_in_it()
    {
        var (team, _) = await city.NewTeam();
        var stranger = await city.NewPerson();

        var failure = await Refused(city.Get<ITeamService>().Get(stranger.Caller, new GetTeam(team.Id), default));

        Assert.Contains(failure.Code, new[] { ErrorCode.NotFound, ErrorCode.Forbidden });
    }

    [Fact]
    public async Task A_change_from_a_stale_version_is_a_conflict()
    {
        var (team, owner) = await city.NewTeam();
        await city.Get<ITeamService>().Update(owner.Caller, new UpdateTeam(team.Id, "Інша назва", ExpectedVersion: team.Version), default);

        var failure = await Refused(city.Get<ITeamService>().Update(owner.Caller, new UpdateTeam(team.Id, "Третя назва", ExpectedVersion: team.Version), default));

        Assert.Equal((ErrorCode.Conflict, "stale_version"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task A_Guardian_makes_a_team_confidential_and_only_the_Owner_opens_it_again()
    {
        var (team, owner) = await city.NewTeam();
        var guardian = await Join(team, owner, TeamRole.Guardian);
        var teams = city.Get<ITeamService>();

        var closed = await teams.Update(guardian.Caller, new UpdateTeam(team.Id, Mode: TeamMode.Confidential), default);
        var failure = await Refused(teams.Update(guardian.Caller, new UpdateTeam(team.Id, Mode: TeamMode.Public), default));
        var opened = await teams.Update(owner.Caller, new UpdateTeam(team.Id, Mode: TeamMode.Public), default);

        Assert.Equal(TeamMode.Confidential, closed.Mode);
        Assert.Equal(ErrorCode.Forbidden, failure.Code);
        Assert.Equal(TeamMode.Public, opened.Mode);
    }

    [Fact]
    public async Task A_Guardian_changes_neither_plan_nor_existence()
    {
        var (team, owner) = await city.NewTeam();
        var guardian = await Join(team, owner, TeamRole.Guardian);

        var plan = await Refused(city.Get<ITeamService>().Update(guardian.Caller, new UpdateTeam(team.Id, Plan: TeamPlan.Premium), default));
        var delete = await Refused(city.Get<ITeamService>().Archive(guardian.Caller, new ArchiveTeam(team.Id), default));

        Assert.Equal((ErrorCode.Forbidden, ErrorCode.Forbidden), (plan.Code, delete.Code));
    }

    [Fact]
    public async Task A_locked_team_refuses_every_change_until_it_is_opened_again()
    {
        var (team, owner) = await city.NewTeam();
        var teams = city.Get<ITeamService>();
        var guest = await city.NewPerson();
        await teams.Update(owner.Caller, new UpdateTeam(team.Id, State: TeamState.Locked), default);

        var rename = await Refused(teams.Update(owner.Caller, new UpdateTeam(team.Id, "Нова назва"), default));
        var add = await Refused(city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, guest.Id), default));
        var read = await teams.Get(owner.Caller, new GetTeam(team.Id), default);
        await teams.Update(owner.Caller, new UpdateTeam(team.Id, State: TeamState.Active), default);
        var renamed = await teams.Update(owner.Caller, new UpdateTeam(team.Id, "Нова назва"), default);

        Assert.Equal(("team_locked", "team_locked"), (rename.Reason, add.Reason));
        Assert.Equal(TeamState.Locked, read.State);
        Assert.Equal("Нова назва", renamed.Name);
    }

    [Fact]
    public async Task An_Owner_cannot_lift_what_an_operator_suspended()
    {
        var (team, owner) = await city.NewTeam();
        var boss = await city.NewOperator();
        var teams = city.Get<ITeamService>();
        await teams.Update(boss.Caller, new UpdateTeam(team.Id, State: TeamState.Suspended), default);

        var failure = await Refused(teams.Update(owner.Caller, new UpdateTeam(team.Id, State: TeamState.Active), default));
        var lifted = await teams.Update(boss.Caller, new UpdateTeam(team.Id, State: TeamState.Active), default);

        Assert.Equal(ErrorCode.Forbidden, failure.Code);
        Assert.Equal(TeamState.Active, lifted.State);
    }

    [Fact]
    public async Task A_deleted_team_comes_back()
    {
        var (team, owner) = await city.NewTeam();
        var teams = city.Get<ITeamService>();

        var archived = await teams.Archive(owner.Caller, new ArchiveTeam(team.Id), default);
        var mine = await teams.Mine(owner.Caller, new ListMyTeams(new PageRequest()), default);
        var restored = await teams.Restore(owner.Caller, new RestoreTeam(team.Id), default);

        Assert.Equal(TeamState.Archived, archived.State);
        Assert.Equal(archived.ArchivedAt + TimeSpan.FromDays(30), archived.RestorableUntil);
        Assert.DoesNotContain(mine.Items, one => one.Team.Id == team.Id);
        Assert.Equal((TeamState.Active, null), (restored.State, restored.ArchivedAt));
    }

    [Fact]
    public async Task A_change_from_a_stale_version_is_a_conflict_also_where_it_would_change_nothing()
    {
        var (team, owner) = await city.NewTeam();
        var teams = city.Get<ITeamService>();
        var renamed = await teams.Update(owner.Caller, new UpdateTeam(team.Id, city.Unique("Двір")), default);

        var same = await Refused(teams.Update(owner.Caller, new UpdateTeam(team.Id, renamed.Name, ExpectedVersion: team.Version), default));
        var archived = await Refused(teams.Archive(owner.Caller, new ArchiveTeam(team.Id, team.Version), default));
        var current = await teams.Update(owner.Caller, new UpdateTeam(team.Id, renamed.Name, ExpectedVersion: renamed.Version), default);

        Assert.Equal(("stale_version", "stale_version"), (same.Reason, archived.Reason));
        Assert.Equal(renamed.Version, current.Version);
    }

    [Fact]
    public async Task A_Guardian_does_not_undo_what_the_Owner_deleted()
    {
        var (team, owner) = await city.NewTeam();
        var (guardian, boss) = (await Join(team, owner, TeamRole.Guardian), await city.NewOperator());
        var teams = city.Get<ITeamService>();
        await teams.Archive(owner.Caller, new ArchiveTeam(team.Id), default);

        var refused = await Refused(teams.Restore(guardian.Caller, new RestoreTeam(team.Id), default));
        var byState = await Refused(teams.Update(guardian.Caller, new UpdateTeam(team.Id, State: TeamState.Active), default));
        var restored = await teams.Restore(boss.Caller, new RestoreTeam(team.Id), default);

        Assert.Equal((ErrorCode.Forbidden, Reasons.CapabilityMissing), (refused.Code, refused.Reason));
        Assert.Equal("archived", byState.Reason);
        Assert.Equal(TeamState.Active, restored.State);
    }

    [Fact]
    public async Task The_city_itself_is_neither_locked_nor_deleted()
    {
        var owner = CityFixture.Service(ServiceName.Auth);

        var failure = await Refused(city.Get<ITeamService>().Archive(owner, new ArchiveTeam(TeamId.WellKnown()), default));

        Assert.Equal(ErrorCode.Forbidden, failure.Code);
    }

    [Fact]
    public async Task A_list_goes_through_all_teams_page_by_page_in_both_orders()
    {
        var boss = await city.NewOperator();
        var owner = await city.NewPerson();
        var word = city.Unique("сторінка");
        var made = new List<TeamId>();
        for (var number = 0; number < 7; number++)
        {
            made.Add((await city.Get<ITeamService>().Create(owner.Caller, new CreateTeam($"{word} {number}"), default)).Id);
        }

        foreach (var sort in Enum.GetValues<TeamSort>())
        {
            var seen = new List<TeamId>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await city.Get<ITeamService>().List(boss.Caller, new ListTeams(new PageRequest(3, cursor), word, Sort: sort), default);
                seen.AddRange(page.Items.Select(team => team.Id));
                cursor = page.NextCursor;
            }

            Assert.Equal(sort == TeamSort.Name ? made : Enumerable.Reverse(made), seen);
        }
    }

    [Fact]
    public async Task The_database_itself_knows_no_second_Owner_and_no_team_without_one()
    {
        var (team, owner) = await city.NewTeam();
        var guest = await Join(team, owner, TeamRole.Guardian);
        await using var database = await city.OpenDatabase();

        var second = await Assert.ThrowsAsync<PostgresException>(() => Execute(database, $"update teams.team_members set role = 'owner' where team_id = '{team.Id}' and user_id = '{guest.Id}'"));
        var none = await Assert.ThrowsAsync<PostgresException>(() => Execute(database, $"delete from teams.team_members where team_id = '{team.Id}' and role = 'owner'"));

        Assert.Equal(("team_members_one_owner", "team_members_has_owner"), (second.ConstraintName, none.ConstraintName));
    }

    private async Task<Person> Join(TeamView team, Person owner, TeamRole role)
    {
        var person = await city.NewPerson();
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, person.Id, Role: role), default);
        return person;
    }

    private static Task<CityException> Refused(Task call) => Assert.ThrowsAsync<CityException>(() => call);

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
