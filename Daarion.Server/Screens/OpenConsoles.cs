using System.Collections.Concurrent;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Daarion.Server.Screens;

/// <summary>
/// The consoles open on this server. Asks now and then which of their sessions still live: that keeps a session in use from running out, and a
/// console whose session was ended elsewhere leaves within 30 seconds. Also knows what the city is called.
/// </summary>
internal sealed class OpenConsoles(ISessionService sessions, ITeamService teams, TimeProvider clock, ILogger<OpenConsoles> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);
    private const int MostAtOnce = 200;
    private readonly ConcurrentDictionary<ConsoleSession, byte> open = new();

    /// <summary>What the city is called; null until it was asked.</summary>
    public string? CityName { get; private set; }

    public void Add(ConsoleSession console) => open[console] = 0;

    public void Remove(ConsoleSession console) => open.TryRemove(console, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            try
            {
                await Name(stoppingToken);
                await Watch(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Also where the database is away: the consoles stay open and are looked at again.
                log.LogDebug(e, "The sessions of open consoles could not be looked at; it is tried again");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Name(CancellationToken ct)
    {
        var city = await teams.Get(Caller.ForService(ServiceName.Auth), new GetTeam(Id<TeamKind>.WellKnown()), ct);
        CityName = city.Name;
    }

    private async Task Watch(CancellationToken ct)
    {
        foreach (var some in open.Keys.Where(console => console.Session is not null).Chunk(MostAtOnce))
        {
            var ids = some.Select(console => console.Session!.Value).Distinct().ToList();
            var alive = (await sessions.Watch(Caller.ForService(ServiceName.Auth), new WatchSessions(ids), ct)).Alive.ToHashSet();
            foreach (var console in some.Where(console => !alive.Contains(console.Session!.Value)))
            {
                console.End();
            }
        }
    }
}

/// <summary>Says of each live connection when it opens and when it is gone.</summary>
internal sealed class OpenCircuit(OpenConsoles consoles, ConsoleSession session) : CircuitHandler
{
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        consoles.Add(session);
        return Task.CompletedTask;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        consoles.Remove(session);
        return Task.CompletedTask;
    }
}
