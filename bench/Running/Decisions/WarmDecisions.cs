using System.Diagnostics;
using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Daarion.Bench.Running.Decisions;

/// <summary>What a round of questions came to.</summary>
internal readonly record struct Round(TimeSpan Time, long Bytes, int Decisions)
{
    public double PerSecond => Decisions / Time.TotalSeconds;

    public double Nanoseconds => Time.TotalNanoseconds / Decisions;

    public double BytesOfEach => (double)Bytes / Decisions;
}

/// <summary>
/// The whole PDP of a process over the facts of a city: the door of an operation, the warm cache, the engine, the decision's number, the counter with the
/// telemetry that reads it, and the log, which takes every refusal and a sample of the allowances. Only what is behind is left out: the writing of the log.
/// </summary>
internal sealed class WarmDecisions : IAsyncDisposable
{
    // One for the process, as in a city: each would hear the figures of all.
    private static readonly MeterProvider Telemetry = Sdk.CreateMeterProviderBuilder().AddMeter($"{ServiceMeters.Prefix}*").AddReader(new Silent()).Build();
    private readonly DecisionCity city;
    private readonly ServiceProvider services;
    private readonly CityDatabase database = new();
    private readonly DecisionLog log;
    private readonly PolicyDecisionPoint pdp;
    private readonly List<KeptDecision> kept = new(DecisionLog.QueueLength);

    private WarmDecisions(DecisionCity city)
    {
        this.city = city;
        services = new ServiceCollection().AddMetrics().AddSingleton<ITeamFacts>(city).AddSingleton<IKeyFacts>(city).BuildServiceProvider();
        var meters = services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        log = new DecisionLog(database, meters);
        Cache = new FactCache(new UnhurriedClock(), services.GetRequiredService<IServiceScopeFactory>());
        pdp = new(new OneSnapshot(city.Registry), new FactGatherer(Cache, NullLogger<FactGatherer>.Instance), Cache, [new NothingMetered()], log, TimeProvider.System, meters, NullLogger<PolicyDecisionPoint>.Instance);
    }

    private FactCache Cache { get; }

    public static async Task<WarmDecisions> Of(DecisionCity city)
    {
        var warm = new WarmDecisions(city);
        var (teams, memberships, keys) = city.Known();
        foreach (var team in teams)
        {
            await warm.Cache.Teams.Fetch(team, default);
        }

        foreach (var membership in memberships)
        {
            await warm.Cache.Standings.Fetch(membership, default);
        }

        foreach (var key in keys)
        {
            await warm.Cache.Keys.Fetch(key, default);
        }

        // What strangers are not is known as well.
        foreach (var question in city.Questions)
        {
            await warm.Ask(question);
        }

        warm.Forget();
        return warm;
    }

    /// <summary>One answer.</summary>
    public async Task<Decision> Ask(Question question) => await new Access(new Operation(), pdp).Ask(question.Caller, question.Action, question.Resource, default);

    /// <summary>One decision with everything it was taken by, as the log is given it.</summary>
    public async Task<TakenDecision> Take(Question question) => await pdp.Decide(Questions.Of(question.Caller, question.Action, question.Resource, pdp.Now), default);

    /// <summary>Asks all the questions that a condition names so many times, each in an operation of its own that is there before the clock starts.</summary>
    public Round Ask(int times, IReadOnlyList<Question>? only = null)
    {
        var questions = (only ?? city.Questions).ToArray();
        var doors = new Access[questions.Length];
        var (ticks, bytes) = (0L, 0L);
        for (var time = 0; time < times; time++)
        {
            for (var i = 0; i < doors.Length; i++)
            {
                doors[i] = new Access(new Operation(), pdp);
            }

            var (allocated, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            for (var i = 0; i < questions.Length; i++)
            {
                var answer = doors[i].Ask(questions[i].Caller, questions[i].Action, questions[i].Resource, default);
                if (!answer.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("The facts of a question were not there.");
                }
            }

            ticks += Stopwatch.GetTimestamp() - started;
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            Forget();
        }

        return new(TimeSpan.FromSeconds((double)ticks / Stopwatch.Frequency), bytes, times * questions.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await services.DisposeAsync();
    }

    // In place of the writer, which would put them into the database.
    private void Forget()
    {
        while (log.Waiting.TryRead(out var decision))
        {
            kept.Add(decision);
        }

        log.Forget(kept);
        kept.Clear();
    }

    private sealed class OneSnapshot(PolicySnapshot snapshot) : IPolicySnapshots
    {
        public ValueTask<PolicySnapshot> Current(CancellationToken ct) => new(snapshot);

        public Task<PolicySnapshot> Reload(CancellationToken ct) => Task.FromResult(snapshot);
    }

    /// <summary>Facts grow old a thousand times slower, so that what is measured stays warm; the clock is read all the same.</summary>
    private sealed class UnhurriedClock : TimeProvider
    {
        public override long TimestampFrequency => base.TimestampFrequency * 1_000;
    }

    /// <summary>Of the actions asked for none is metered, and that is found out as in a city.</summary>
    private sealed class NothingMetered : IQuotaSource
    {
        public bool Meters(string action) => MeteredActions.MetricOf(action) is not null;

        public ValueTask<QuotaFact?> Look(DecisionFacts question, CancellationToken ct) => default;

        public ValueTask<QuotaTaken> Take(DecisionFacts question, DecisionId decision, bool countRate, CancellationToken ct) => throw new NotSupportedException();
    }

    private sealed class Silent : MetricReader;
}
