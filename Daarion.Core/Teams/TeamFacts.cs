using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Core.Teams;

/// <summary>
/// Teams and memberships for the PDP: statements on a pool of their own, so that an operation that holds a connection of the service's
/// pool and asks the PDP never waits for another of the same pool.
/// </summary>
internal sealed class TeamFacts : ITeamFacts, IAsyncDisposable
{
    private const string Pool = "teams.facts";
    private const string Away = "Who is who cannot be looked up at the moment; try again shortly.";
    private const string PeopleSql = "select asked.place, u.id is not null, u.disabled_at from unnest($1) with ordinality as asked (id, place) left join teams.users u on u.id = asked.id";
    private const int PeopleAtOnce = 128;
    private readonly CityDatabase database;

    // People are many, and each is looked up anew every few seconds as long as they do something: those who do it at the same time share a statement.
    private readonly Gathering<UserId, PersonFact?> people;

    public TeamFacts(CityDatabase database, ILogger<TeamFacts> log) =>
        (this.database, people) = (database, new(database.Of(Pool), PeopleAtOnce, 1, Ask, Away, log));

    public async Task<TeamFact?> Team(TeamId team, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand("select name, state, mode, plan from teams.teams where id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = team.Value });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await row.ReadAsync(ct)
            ? Team(team, row, 0)
            : null;
    }

    public Task<PersonFact?> Person(UserId user, CancellationToken ct) => people.Send(user, ct);

    public async Task<StandingFact> Standing(TeamId team, UserId user, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(
            """
            select m.role, m.viewer_type, m.joined_at, t.name, t.state, t.mode, t.plan
            from (select $1::text as team_id) as asked
            left join teams.teams t on t.id = asked.team_id
            left join (teams.team_members m join teams.users u on u.id = m.user_id and u.disabled_at is null) on m.team_id = asked.team_id and m.user_id = $2
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = team.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Value });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await row.ReadAsync(ct)
            ? new StandingFact(row.IsDBNull(3) ? null : Team(team, row, 3), row.IsDBNull(0) ? null : Membership(team, row, user))
            : new StandingFact(null, null);
    }

    public async Task<IReadOnlyList<MembershipFact>> Members(TeamId team, int limit, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(
            """
            select m.role, m.viewer_type, m.joined_at, m.user_id
            from teams.team_members m join teams.users u on u.id = m.user_id
            where m.team_id = $1 and u.disabled_at is null
            order by m.user_id
            limit $2
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = team.Value });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        var members = new List<MembershipFact>();
        while (await row.ReadAsync(ct))
        {
            members.Add(Membership(team, row, UserId.Parse(row.GetString(3))));
        }

        return members;
    }

    public ValueTask DisposeAsync() => people.DisposeAsync();

    private static async Task<PersonFact?[]> Ask(NpgsqlCommand command, IReadOnlyList<UserId> group, bool again, CancellationToken ct)
    {
        command.CommandText = PeopleSql;
        command.Parameters.AddTexts([.. group.Select(user => user.Value)]);
        var found = new PersonFact?[group.Count];
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var place = (int)row.GetInt64(0) - 1;
            found[place] = row.GetBoolean(1) ? new PersonFact(group[place], row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2)) : null;
        }

        return found;
    }

    private static TeamFact Team(TeamId team, NpgsqlDataReader row, int from) =>
        new(team, row.GetString(from), Words.Parse<TeamState>(row.GetString(from + 1)), Words.Parse<TeamMode>(row.GetString(from + 2)), Words.Parse<TeamPlan>(row.GetString(from + 3)));

    private static MembershipFact Membership(TeamId team, NpgsqlDataReader row, UserId user) => new(
        team, user, Words.Parse<TeamRole>(row.GetString(0)), row.IsDBNull(1) ? null : Words.Parse<ViewerType>(row.GetString(1)), row.GetFieldValue<DateTimeOffset>(2));
}
