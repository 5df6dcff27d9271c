using System.Collections.Concurrent;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Text;

namespace Daarion.UI.Components;

/// <summary>
/// What the things behind ids are called, for one circuit: the first question brings the teams and people the person may see in one call each,
/// and what is not among them is asked for once.
/// </summary>
public sealed class NameBook(IConsoleSession session, ITeamService teams, IUserService users, Texts t)
{
    private readonly ConcurrentDictionary<string, Task<string?>> known = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private Task? first;

    /// <summary>The name of a team, person or account of the city; null where the person may not know it.</summary>
    public async Task<string?> Find(string id)
    {
        if (id.StartsWith("mint:", StringComparison.Ordinal) || id.StartsWith("burn:", StringComparison.Ordinal) || id.StartsWith("chain:", StringComparison.Ordinal) || id is "treasury" or "escrow")
        {
            return t.Of("wallets", $"account_{id.Split(':')[0]}") + (id.Contains(':', StringComparison.Ordinal) ? " " + id.Split(':')[1] : string.Empty);
        }

        if (!id.StartsWith("t_", StringComparison.Ordinal) && !id.StartsWith("u_", StringComparison.Ordinal))
        {
            return null;
        }

        Task loading;
        lock (gate)
        {
            loading = first ??= Load();
        }

        await loading;
        return await known.GetOrAdd(id, One);
    }

    /// <summary>Forgets a name after it was changed here.</summary>
    public void Forget(string id) => known.TryRemove(id, out _);

    private async Task Load()
    {
        if (session.Person is not { } person)
        {
            return;
        }

        Keep(person.Id.Value, person.DisplayName);
        var all = new PageRequest(PageRequest.MaxLimit);
        if (person.IsOperator)
        {
            await Try(async () =>
            {
                foreach (var team in (await teams.List(session.Caller, new ListTeams(all), CancellationToken.None)).Items)
                {
                    Keep(team.Id.Value, team.Name);
                }
            });
            await Try(async () =>
            {
                foreach (var user in (await users.List(session.Caller, new ListUsers(all), CancellationToken.None)).Items)
                {
                    Keep(user.Id.Value, user.DisplayName);
                }
            });
        }
        else
        {
            await Try(async () =>
            {
                foreach (var my in (await teams.Mine(session.Caller, new ListMyTeams(all), CancellationToken.None)).Items)
                {
                    Keep(my.Team.Id.Value, my.Team.Name);
                }
            });
        }
    }

    private async Task<string?> One(string id)
    {
        string? name = null;
        await Try(async () => name = TeamId.TryParse(id, out var team)
            ? (await teams.Get(session.Caller, new GetTeam(team), CancellationToken.None)).Name
            : UserId.TryParse(id, out var user) ? (await users.Get(session.Caller, new GetUser(user), CancellationToken.None)).DisplayName : null);
        return name;
    }

    private void Keep(string id, string name) => known[id] = Task.FromResult<string?>(name);

    // What may not be seen has no name here; its id stands for it.
    private static async Task Try(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (CityException)
        {
            return;
        }
    }
}
