using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Daarion.Core.Kernel;

/// <summary>One <see cref="ServiceMeter"/> for each service, made when first asked for.</summary>
public sealed class ServiceMeters(IMeterFactory factory, IEnumerable<IOperationObserver> observers) : IDisposable
{
    private readonly IOperationObserver[] observers = [.. observers];
    private readonly ConcurrentDictionary<string, ServiceMeter> all = new(StringComparer.Ordinal);

    /// <summary>The prefix of all sources and meters: <c>Daarion.</c> and the service's name.</summary>
    public const string Prefix = "Daarion.";

    /// <summary>The meter of a service.</summary>
    public ServiceMeter Of(string service) => all.GetOrAdd(service, name => new ServiceMeter(name, factory, observers));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var meter in all.Values)
        {
            meter.Dispose();
        }
    }
}

/// <summary>Hears of every finished operation, after the answer is known: the telemetry service keeps its per-service figures this way.</summary>
public interface IOperationObserver
{
    /// <summary>One operation has ended. Must not throw, block or allocate much.</summary>
    void OperationEnded(string service, string name, TimeSpan elapsed, OperationCost? cost, bool failed);
}

/// <summary>A service's <see cref="ActivitySource"/> and <see cref="Meter"/>: requests, errors, latency, database queries and time, processor time, allocation.</summary>
public sealed class ServiceMeter : IDisposable
{
    private readonly string service;
    private readonly IOperationObserver[] observers;
    private readonly ActivitySource source;
    private readonly Histogram<double> duration;
    private readonly Counter<long> queries;
    private readonly Counter<double> queryTime;
    private readonly Counter<double> cpuTime;
    private readonly Counter<long> allocated;

    internal ServiceMeter(string service, IMeterFactory factory, IOperationObserver[] observers)
    {
        this.service = service;
        this.observers = observers;
        source = new ActivitySource(ServiceMeters.Prefix + service);
        var meter = factory.Create(ServiceMeters.Prefix + service);
        duration = meter.CreateHistogram<double>("daarion.operation.duration", "s", "Duration of an operation of a service's contract.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        });
        queries = meter.CreateCounter<long>("daarion.db.queries", "{query}", "Database round trips.");
        queryTime = meter.CreateCounter<double>("daarion.db.time", "s", "Time spent waiting for the database.");
        cpuTime = meter.CreateCounter<double>("daarion.cpu.time", "s", "Processor time attributed to the service.");
        allocated = meter.CreateCounter<long>("daarion.allocated", "By", "Managed memory allocated on behalf of the service.");
    }

    /// <summary>Starts the span of an operation.</summary>
    public Activity? StartActivity(string name, Caller caller)
    {
        var activity = source.StartActivity($"{service}.{name}");
        activity?.SetTag("daarion.service", service);
        activity?.SetTag("daarion.caller.kind", caller.Kind.ToString().ToLowerInvariant());
        return activity;
    }

    /// <summary>Starts a span for a step inside or beside an operation (a relay's publishing, a consumer's batch).</summary>
    public Activity? StartActivity(string name, ActivityKind kind, ActivityContext parent) => source.StartActivity($"{service}.{name}", kind, parent);

    /// <summary>Records a finished operation.</summary>
    internal void Record(string name, TimeSpan elapsed, OperationCost? cost, Exception? failure, Activity? activity)
    {
        var code = failure switch
        {
            null => "ok",
            CityException city => city.Code.ToString(),
            OperationCanceledException => "cancelled",
            _ => nameof(ErrorCode.InternalError),
        };
        // A refusal or a bad input is the caller's failure, not the service's: the error rate counts only what the service did wrong.
        var failed = failure is not null and not OperationCanceledException && failure is not CityException { Code: not (ErrorCode.InternalError or ErrorCode.Unavailable) };

        duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("operation", name), new KeyValuePair<string, object?>("outcome", code));
        if (cost is not null)
        {
            queries.Add(cost.Queries);
            queryTime.Add(cost.QueryTime.TotalSeconds);
            cpuTime.Add(cost.CpuNs / 1e9);
            allocated.Add(cost.AllocatedBytes);
        }

        if (failure is not null)
        {
            activity?.SetTag("error.type", code);
            activity?.SetStatus(failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }

        foreach (var observer in observers)
        {
            observer.OperationEnded(service, name, elapsed, cost, failed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
