using System.Collections.Concurrent;
using Daarion.Core.Auth;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Server.SignIn;

/// <summary>
/// Watches the sessions of open consoles: their event ends them within moments, and a look at the database every ten seconds ends them
/// also where no event comes through. The same look keeps those sessions alive that only a console uses.
/// </summary>
internal sealed class SessionWatch(ISessionService sessions, IServiceProvider services, TimeProvider clock, ILogger<SessionWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<SessionId, Watched> watched = new();

    /// <summary>Watches a session until what is given back is disposed; its token is cancelled when the session has ended.</summary>
    public Watch Begin(SessionId session)
    {
        while (true)
        {
            var entry = watched.GetOrAdd(session, static _ => new Watched());
            if (entry.TryEnter())
            {
                return new Watch(this, session, entry);
            }

            watched.TryRemove(KeyValuePair.Create(session, entry));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Look(stoppingToken), Listen(stoppingToken));

    private async Task Look(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(Interval, clock);
        while (await pace.WaitForNextTickAsync(ct))
        {
            var open = watched.Keys.ToList();
            if (open.Count == 0)
            {
                continue;
            }

            try
            {
                var alive = (await sessions.Watch(Caller.ForService(ServiceName.Auth), new WatchSessions(open), ct)).Alive.ToHashSet();
                foreach (var ended in open.Where(session => !alive.Contains(session)))
                {
                    End(ended);
                }
            }
            catch (CityException e)
            {
                log.LogWarning("Open consoles could not be checked: {Problem}", e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Open consoles could not be checked");
            }
        }
    }

    private async Task Listen(CancellationToken ct)
    {
        if (services.GetService<ILiveEvents>() is not { } events)
        {
            return;
        }

        await foreach (var e in events.Subscribe(new LiveFilter("auth.session.ended"), ct))
        {
            End(e.Read<AuthSessionEnded>().Payload.SessionId);
        }
    }

    private void End(SessionId session)
    {
        if (watched.TryRemove(session, out var entry))
        {
            entry.End();
        }
    }

    /// <summary>One console's interest in its session.</summary>
    internal sealed class Watch(SessionWatch watch, SessionId session, Watched entry) : IDisposable
    {
        private int disposed;

        public CancellationToken Ended => entry.Ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0 && entry.Leave())
            {
                watch.watched.TryRemove(KeyValuePair.Create(session, entry));
                entry.Dispose();
            }
        }
    }

    /// <summary>A session and how many consoles it has open.</summary>
    internal sealed class Watched : IDisposable
    {
        private readonly CancellationTokenSource source = new();
        private int consoles;

        public CancellationToken Ended { get; }

        public Watched() => Ended = source.Token;

        /// <summary>False where the last console has just left.</summary>
        public bool TryEnter()
        {
            lock (source)
            {
                if (consoles < 0)
                {
                    return false;
                }

                consoles++;
                return true;
            }
        }

        /// <summary>True where this was the last console.</summary>
        public bool Leave()
        {
            lock (source)
            {
                consoles = consoles == 1 ? -1 : consoles - 1;
                return consoles < 0;
            }
        }

        public void End()
        {
            lock (source)
            {
                if (consoles > 0)
                {
                    source.Cancel();
                }
            }
        }

        public void Dispose() => source.Dispose();
    }
}
