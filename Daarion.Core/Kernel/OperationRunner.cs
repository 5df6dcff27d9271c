using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Kernel;

/// <summary>
/// Opens an <see cref="Operation"/> around every call: bulkhead, time limit, span, a fresh dependency scope, the two guards, the figures.
/// All entrances come through here, because the contracts they hold are made by <see cref="ContractDispatch{TContract}"/>.
/// </summary>
public sealed partial class OperationRunner(IServiceScopeFactory scopes, Bulkheads bulkheads, ServiceMeters meters, ILogger<OperationRunner>? log = null)
{
    /// <summary>Runs one call.</summary>
    /// <param name="service">The service called, a <see cref="ServiceName"/>.</param>
    /// <param name="name">The operation.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="limits">How long it may take.</param>
    /// <param name="call">The work, with the services of its scope.</param>
    /// <param name="ct">The caller's own cancellation.</param>
    /// <exception cref="CityException"><c>unavailable</c> when the service's bulkhead is full or the time limit passes; whatever the call throws.</exception>
    public async Task<TAnswer> Run<TAnswer>(
        string service, string name, Caller caller, OperationLimits limits, Func<IServiceProvider, CancellationToken, Task<TAnswer>> call, CancellationToken ct)
    {
        var meter = meters.Of(service);
        var started = Stopwatch.GetTimestamp();
        using var activity = meter.StartActivity(name, caller);
        var cost = default(OperationCost);
        Exception? failure = null;
        try
        {
            using var place = await bulkheads.Of(service).Enter(service, ct);
            using var timeout = new TimeLimit(limits.Duration, ct);
            await using var scope = scopes.CreateAsyncScope();
            var operation = scope.ServiceProvider.GetRequiredService<Operation>();
            operation.Begin(service, name, caller, activity);
            cost = operation.Cost;
            using (cost.Measure())
            {
                try
                {
                    var answer = await call(scope.ServiceProvider, timeout.Token);
                    operation.EnsureAsked();
                    return answer;
                }
                catch (Exception e)
                {
                    if (operation.OwesUnits(e))
                    {
                        await GiveBack(operation);
                    }

                    if (e is OperationCanceledException && timeout.Passed)
                    {
                        throw CityException.Unavailable($"{service} did not answer within {limits.Duration.TotalSeconds:0} s.", cause: e);
                    }

                    throw;
                }
            }
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            meter.Record(name, Stopwatch.GetElapsedTime(started), cost, failure, activity);
        }
    }

    // What cannot be given back stays counted: a quota may be left with a little less than it had, never with more.
    private async Task GiveBack(Operation operation)
    {
        try
        {
            await operation.GiveBack();
        }
        catch (Exception e)
        {
            if (log is not null)
            {
                UnitsStayCounted(log, operation.Service, operation.Name, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service}.{Name} failed, and the units it had taken could not be given back")]
    private static partial void UnitsStayCounted(ILogger log, string service, string name, Exception e);

    /// <summary>Joins the caller's cancellation and the operation's own time limit, and knows which of them came.</summary>
    private sealed class TimeLimit : IDisposable
    {
        private readonly CancellationTokenSource source;
        private readonly CancellationToken outer;

        public TimeLimit(TimeSpan duration, CancellationToken outer)
        {
            this.outer = outer;
            source = CancellationTokenSource.CreateLinkedTokenSource(outer);
            source.CancelAfter(duration);
        }

        public CancellationToken Token => source.Token;

        public bool Passed => source.IsCancellationRequested && !outer.IsCancellationRequested;

        public void Dispose() => source.Dispose();
    }
}

/// <summary>How long a call may take. The default is 5 s (contracts: HTTP); a contract method says otherwise with <see cref="TimeLimitAttribute"/>.</summary>
public sealed record OperationLimits(TimeSpan Duration)
{
    /// <summary>5 seconds.</summary>
    public static readonly OperationLimits Default = new(TimeSpan.FromSeconds(5));

    /// <summary>For consumers of events: 30 seconds, JetStream's own <c>ack_wait</c>.</summary>
    public static readonly OperationLimits Consumer = new(TimeSpan.FromSeconds(30));
}

/// <summary>A contract method's own time limit, in seconds.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TimeLimitAttribute(int seconds) : Attribute
{
    /// <summary>Seconds it may take.</summary>
    public int Seconds { get; } = seconds;
}
