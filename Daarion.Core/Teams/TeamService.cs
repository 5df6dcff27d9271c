using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>The operations on teams.</summary>
internal sealed class TeamService(TeamsDbContext db, IAccess access, IPolicyCache policies) : ITeamService
{
    public async Task<TeamView> Get(Caller caller, GetTeam request, CancellationToken ct)
    {
        await access.Require(caller, "team.read", ResourceRef.Team(request.Id), ct);
        return await db.Teams.Where(team => team.Id == request.Id).AsViews().SingleOrDefaultAsync(ct) ?? throw CityException.NotFound("team");
    }

    public async Task<Page<TeamView>> List(Caller caller, ListTeams request, CancellationToken ct)
    {
        await access.Require(caller, "team.read", ResourceRef.City, ct);
        var page = request.Page.Checked();
        var byName = request.Sort == TeamSort.Name;
        var after = PageCursor.Decode(page.Cursor, byName ? 2 : 1);
        var (afterId, afterName) = (after?[^1], byName ? after?[0] : null);
        var (pattern, exactId) = (TeamViews.Pattern(request.Search), request.Search?.Trim());
        var (mode, state, plan) = (WordOf(request.Mode), WordOf(request.State), WordOf(request.Plan));
        var found = db.Teams.FromSql(
            $"""
            select * from teams.teams
            where ({pattern}::text is null or name ilike {pattern} or slug ilike {pattern} or id = {exactId})
              and ({mode}::text is null or mode = {mode})
              and ({plan}::text is null or plan = {plan})
              and (case when {state}::text is null then state <> 'archived' else state = {state} end)
              and ({afterId}::text is null
                   or ({byName} and (name, id) > ({afterName}::text, {afterId}))
                   or (not {byName} and id < {afterId}))
            """);
        var ordered = byName
            ? found.OrderBy(team => team.Name).ThenBy(team => team.Id)
            : found.OrderByDescending(team => team.Id);
        var rows = await ordered.Take(page.Limit + 1).AsViews().ToListAsync(ct);
        return Page<TeamView>.From(rows, page, team => byName ? [team.Name, team.Id.Value] : [team.Id.Value]);
    }

    public async Task<Page<MyTeamView>> Mine(Caller caller, ListMyTeams request, CancellationToken ct)
    {
        var user = request.UserId ?? caller.User;
        await access.Require(caller, "team.read", user is { } own && own == caller.User ? ResourceRef.Own("team", null, own) : ResourceRef.City, ct);
        var whose = user ?? throw CityException.Invalid("user_id", "Say whose teams.");
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var mine = await db.Members.FromSql(
                $"""
                select m.* from teams.team_members m join teams.teams t on t.id = m.team_id
                where m.user_id = {whose.Value} and t.state <> 'archived' and ({after}::text is null or m.team_id > {after})
                """)
            .AsNoTracking().OrderBy(member => member.TeamId).Take(page.Limit + 1).ToListAsync(ct);
        var ids = mine.ConvertAll(member => member.TeamId);
        var teams = await db.Teams.Where(team => ids.Contains(team.Id)).AsViews().ToDictionaryAsync(team => team.Id, ct);
        return Page<MyTeamView>.From([.. mine.Select(member => new MyTeamView(teams[member.TeamId], member.Role, member.ViewerType, member.JoinedAt))], page, one => [one.Team.Id.Value]);
    }

    public async Task<TeamView> Create(Caller caller, CreateTeam request, CancellationToken ct)
    {
        var owner = request.OwnerUserId ?? caller.User;
        await access.Require(caller, "team.create", owner is { } own && own == caller.User ? ResourceRef.Own("team", null, own) : ResourceRef.City, ct);
        var ownerId = owner ?? throw CityException.Invalid("owner_user_id", "Say who shall be the Owner.");
        var team = await db.Transact(
            async token =>
            {
                var person = await db.Users.SingleOrDefaultAsync(user => user.Id == ownerId, token);
                if (person is not { DisabledAt: null })
                {
                    throw CityException.Invalid("owner_user_id", "There is no such person.");
                }

                var made = Team.New(request.Name, await FreeSlug(request, token), request.Mode, ownerId, db.Now);
                db.Add(made);
                db.Publish(new TeamCreated(made.Id, made.Mode, made.Plan, ownerId), made.Id.Value, made.Id);
                db.Publish(new TeamMemberJoined(made.Id, ownerId, TeamRole.Owner, null), made.Id.Value, made.Id);
                return made;
            },
            ct);
        policies.ForgetTeam(team.Id);
        policies.ForgetMembership(team.Id, ownerId);
        return team.View();
    }

    public async Task<TeamView> Update(Caller caller, UpdateTeam request, CancellationToken ct)
    {
        var resource = ResourceRef.Team(request.Id);
        foreach (var capability in Asked(request))
        {
            await access.Require(caller, capability, resource, ct);
        }

        var team = await db.Transact(
            async token =>
            {
                var locked = await db.Lock(request.Id, token);
                locked.RequireVersion(request.ExpectedVersion);
                var before = (locked.Name, locked.Mode, locked.Plan, locked.State);
                if (request.Mode == TeamMode.Public && locked.Mode == TeamMode.Confidential)
                {
                    await access.Require(caller, "team.mode.open", resource, token);
                }

                if (request.State is { } state && state != locked.State && (state == TeamState.Suspended || locked.State == TeamState.Suspended))
                {
                    await access.Require(caller, "city.team.suspend", ResourceRef.City, token);
                }

                Apply(request, locked);
                var changed = Changes(before, locked);
                if (changed.Count == 0)
                {
                    return locked;
                }

                locked.Touch();
                Tell(locked, before.Mode, before.State, before.Plan, changed);
                return locked;
            },
            ct);
        policies.ForgetTeam(team.Id);
        return team.View();
    }

    public async Task<TeamView> Archive(Caller caller, ArchiveTeam request, CancellationToken ct)
    {
        await access.Require(caller, "team.delete", ResourceRef.Team(request.Id), ct);
        return await ChangeState(request.Id, request.ExpectedVersion, "team.archived", (team, at) => team.Archive(at), ct);
    }

    public async Task<TeamView> Restore(Caller caller, RestoreTeam request, CancellationToken ct)
    {
        await access.Require(caller, Actions.Restore, ResourceRef.Team(request.Id), ct);
        return await ChangeState(request.Id, null, "team.restored", (team, at) => team.Restore(at), ct);
    }

    private static IEnumerable<string> Asked(UpdateTeam request)
    {
        if (request.Mode is not null)
            yield return "team.mode.change";
        if (request.Plan is not null)
            yield return "team.plan.change";
        if (request.State is not null)
            yield return "team.state.change";
        if (request.Name is not null || request is { Mode: null, Plan: null, State: null })
            yield return "team.update";
    }

    private static void Apply(UpdateTeam request, Team team)
    {
        if (request.Name is { } name)
            team.Rename(name);
        if (request.Mode is { } mode)
            team.ChangeMode(mode);
        if (request.Plan is { } plan)
            team.ChangePlan(plan);
        if (request.State is { } state && state != team.State)
            team.ChangeState(state);
    }

    private static List<string> Changes((string Name, TeamMode Mode, TeamPlan Plan, TeamState State) before, Team team)
    {
        var changed = new List<string>(4);
        if (before.Name != team.Name)
            changed.Add("name");
        if (before.Mode != team.Mode)
            changed.Add("mode");
        if (before.Plan != team.Plan)
            changed.Add("plan");
        if (before.State != team.State)
            changed.Add("state");
        return changed;
    }

    private void Tell(Team team, TeamMode modeBefore, TeamState stateBefore, TeamPlan planBefore, List<string> changed)
    {
        db.Publish(new TeamUpdated(team.Id, changed, team.Mode, team.State, team.Plan, team.Version), team.Id.Value, team.Id);
        if (modeBefore != team.Mode)
        {
            db.Publish(new TeamModeChanged(team.Id, modeBefore, team.Mode), team.Id.Value, team.Id);
            db.Audit("team.mode.changed", "team", team.Id.Value, team.Id, ("from", Words.Of(modeBefore)), ("to", Words.Of(team.Mode)));
        }

        if (stateBefore != team.State)
        {
            db.Audit("team.state.changed", "team", team.Id.Value, team.Id, ("from", Words.Of(stateBefore)), ("to", Words.Of(team.State)));
        }

        if (planBefore != team.Plan)
        {
            db.Audit("team.plan.changed", "team", team.Id.Value, team.Id, ("from", Words.Of(planBefore)), ("to", Words.Of(team.Plan)));
        }
    }

    private async Task<TeamView> ChangeState(TeamId id, long? expectedVersion, string action, Action<Team, DateTimeOffset> change, CancellationToken ct)
    {
        var team = await db.Transact(
            async token =>
            {
                var locked = await db.Lock(id, token);
                locked.RequireVersion(expectedVersion);
                change(locked, db.Now);
                locked.Touch();
                db.Publish(new TeamUpdated(locked.Id, ["state"], locked.Mode, locked.State, locked.Plan, locked.Version), locked.Id.Value, locked.Id);
                db.Audit(action, "team", locked.Id.Value, locked.Id);
                return locked;
            },
            ct);
        policies.ForgetTeam(team.Id);
        return team.View();
    }

    /// <summary>The slug that was asked for, or the first free one of the name. Slugs are given out one after another.</summary>
    private async Task<string> FreeSlug(CreateTeam request, CancellationToken ct)
    {
        var wanted = request.Slug is null ? Slug.From(Names.Checked(request.Name, "name")) : Slug.Checked(request.Slug);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"teams.slug"}, 3))", ct);
        var taken = await db.Database.SqlQuery<string>($"""select slug as "Value" from teams.teams where slug = {wanted} or slug like {wanted + "-%"}""").ToListAsync(ct);
        if (request.Slug is not null)
        {
            return taken.Contains(wanted) ? throw CityException.Conflict($"The slug {wanted} is taken.", "slug_taken") : wanted;
        }

        var all = taken.ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, all.Count + 1).Select(number => Slug.Numbered(wanted, number)).First(slug => !all.Contains(slug));
    }

    private static string? WordOf<TEnum>(TEnum? value)
        where TEnum : struct, Enum => value is { } some ? Words.Of(some) : null;
}
