using Daarion.Core.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Policy;

/// <summary>
/// What the PDP keeps of teams, memberships and keys, and whether the database can be reached at all. A fact is kept for
/// <see cref="Fresh"/>; while the database is away for up to <see cref="WhileAway"/>, so that looking goes on.
/// </summary>
internal sealed class FactCache(TimeProvider clock, IServiceScopeFactory scopes) : IPolicyCache, IDisabledPeople
{
    /// <summary>How long a fact is kept. What changed elsewhere is known here within 5 s even if nobody can tell: this, and the time to ask again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(4);

    /// <summary>How long a fact is kept while the database is away. No fact can change meanwhile, for it could not be committed.</summary>
    public static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(60);

    private static readonly TeamId City = Id<TeamKind>.WellKnown();

    private volatile bool reachable = true;

    /// <summary>Teams, as somebody stands in them who has no part in them.</summary>
    public FactTable<IdBits<TeamKind>, StandingFact> Teams { get; } =
        new(clock, (team, ct) => Ask<ITeamFacts, StandingFact>(scopes, async facts => new StandingFact(await facts.Team(team.ToId(), ct), null)));

    /// <summary>People in teams: the team and the membership together, so that a question finds both by one look.</summary>
    public FactTable<(IdBits<TeamKind> Team, IdBits<UserKind> User), StandingFact> Standings { get; } =
        new(clock, (key, ct) => Ask<ITeamFacts, StandingFact>(scopes, async facts => await facts.Standing(key.Team.ToId(), key.User.ToId(), ct)));

    /// <summary>The operators of the city, all of them as one fact: every question asks whether somebody is one, and few are.</summary>
    public FactTable<IdBits<TeamKind>, Offices> Operators { get; } =
        new(clock, (city, ct) => Ask<ITeamFacts, Offices>(scopes, async facts => Offices.Of(await facts.Members(city.ToId(), Offices.Capacity, ct))));

    /// <summary>People.</summary>
    public FactTable<UserId, PersonFact> People { get; } = new(clock, (user, ct) => Ask<ITeamFacts, PersonFact>(scopes, facts => facts.Person(user, ct)));

    /// <summary>Keys.</summary>
    public FactTable<string, KeyFact> Keys { get; } = new(clock, (key, ct) => AskKeys(scopes, key, ct));

    /// <summary>Secrets of access keys.</summary>
    public FactTable<string, SecretFact> Secrets { get; } = new(clock, (key, ct) => Ask<ISecretFacts, SecretFact>(scopes, facts => facts.Secret(key, ct)));

    /// <summary>False from a failure to reach the database until it answers again. While false, nothing that changes state is allowed.</summary>
    public bool Reachable
    {
        get => reachable;
        set => reachable = value;
    }

    /// <summary>How old a fact may be now.</summary>
    public TimeSpan MaxAge => reachable ? Fresh : WhileAway;

    /// <inheritdoc/>
    public void ForgetTeam(TeamId team)
    {
        Teams.Forget(team);
        ForgetStandings(team);
    }

    /// <inheritdoc/>
    public void ForgetMembership(TeamId team, UserId user)
    {
        Standings.Forget((team, user));
        ForgetOperators(team);
    }

    /// <summary>Forgets everybody's standing in a team, where one changed and nobody can say which.</summary>
    public void ForgetStandings(TeamId team)
    {
        IdBits<TeamKind> changed = team;
        Standings.Forget(key => key.Team == changed);
        ForgetOperators(team);
    }

    /// <inheritdoc/>
    public void ForgetKey(string keyId)
    {
        Keys.Forget(keyId);
        Secrets.Forget(keyId);
    }

    /// <summary>Forgets all keys, where one changed and nobody can say which.</summary>
    public void ForgetKeys()
    {
        Keys.Forget(_ => true);
        Secrets.Forget(_ => true);
    }

    /// <inheritdoc/>
    public ValueTask<bool> Include(UserId user, CancellationToken ct)
    {
        return People.TryGet(user, MaxAge, out var known) ? new(known is { DisabledAt: not null }) : Fetch();

        async ValueTask<bool> Fetch() => await People.Fetch(user, ct) is { DisabledAt: not null };
    }

    private void ForgetOperators(TeamId team)
    {
        if (team == City)
        {
            Operators.Forget(City);
        }
    }

    // Each key belongs to one service, and which is not in its id.
    private static async Task<KeyFact?> AskKeys(IServiceScopeFactory scopes, string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        foreach (var source in scope.ServiceProvider.GetServices<IKeyFacts>())
        {
            if (await source.Key(key, ct) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // A fresh scope, because a fact is shared by many operations and belongs to none of them.
    private static async Task<TFact?> Ask<TSource, TFact>(IServiceScopeFactory scopes, Func<TSource, Task<TFact?>> ask)
        where TSource : class
    {
        await using var scope = scopes.CreateAsyncScope();
        return scope.ServiceProvider.GetService<TSource>() is { } source ? await ask(source) : default;
    }
}
