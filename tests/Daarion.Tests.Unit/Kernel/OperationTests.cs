using System.Diagnostics.Metrics;
using Daarion.Core.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Unit.Kernel;

public sealed class OperationTests
{
    private static readonly Caller Someone = Caller.ForService("tests");

    [Fact]
    public async Task An_operation_that_never_asked_gives_no_answer()
    {
        await using var city = Services();

        var bug = await Assert.ThrowsAsync<InvalidOperationException>(() => city.GetRequiredService<IGreeter>().WithoutAsking(Someone, "Olena", default));

        Assert.Contains("without having asked", bug.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_that_asked_gives_its_answer()
    {
        await using var city = Services();

        Assert.Equal("Olena", await city.GetRequiredService<IGreeter>().Asking(Someone, "Olena", default));
    }

    [Fact]
    public async Task An_operation_that_is_too_slow_is_unavailable()
    {
        await using var city = Services();

        var failure = await Assert.ThrowsAsync<CityException>(() => city.GetRequiredService<IGreeter>().Forever(Someone, "Olena", default));

        Assert.Equal(ErrorCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task A_cancelled_caller_is_not_told_that_the_service_was_slow()
    {
        await using var city = Services();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => city.GetRequiredService<IGreeter>().Forever(Someone, "Olena", cancelled.Token));
    }

    [Fact]
    public async Task A_full_bulkhead_refuses_its_own_callers_and_no_others()
    {
        await using var city = Services();
        var (slow, other) = (city.GetRequiredService<IGreeter>(), city.GetRequiredService<IOther>());
        var gate = city.GetRequiredService<Gate>();
        var waiting = Enumerable.Range(0, Bulkhead.Concurrency + Bulkhead.QueueLength).Select(_ => slow.AtTheGate(Someone, "Olena", default)).ToList();

        var failure = await Assert.ThrowsAsync<CityException>(() => slow.AtTheGate(Someone, "Taras", default));

        Assert.Equal(ErrorCode.Unavailable, failure.Code);
        Assert.Equal("Taras", await other.Asking(Someone, "Taras", default));
        gate.Open.SetResult();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal("Olena", answer));
    }

    [Fact]
    public async Task Allocation_is_counted_for_the_operation_that_made_it()
    {
        var seen = new Observed();
        await using var city = Services(seen);

        // Beside very many others one in some is measured, and stands for them.
        for (var times = 0; times <= OperationCost.OneOf && seen.Of(nameof(IGreeter.Allocating)) == 0; times++)
        {
            await city.GetRequiredService<IGreeter>().Allocating(Someone, "1000000", default);
        }

        await city.GetRequiredService<IGreeter>().Asking(Someone, "Olena", default);

        Assert.True(seen.Of(nameof(IGreeter.Allocating)) >= 1_000_000);
        Assert.InRange(seen.Of(nameof(IGreeter.Asking)), 0, 900_000);
    }

    private static ServiceProvider Services(IOperationObserver? observer = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IMeterFactory, PlainMeterFactory>();
        services.AddSingleton<Bulkheads>();
        services.AddSingleton<ServiceMeters>();
        services.AddSingleton<OperationRunner>();
        services.AddScoped<Operation>();
        services.AddSingleton<Gate>();
        if (observer is not null)
        {
            services.AddSingleton(observer);
        }

        services.AddContract<IGreeter, Greeter>("greeter");
        services.AddContract<IOther, Other>("other");
        return services.BuildServiceProvider();
    }

    public interface IGreeter
    {
        Task<string> WithoutAsking(Caller caller, string name, CancellationToken ct);

        Task<string> Asking(Caller caller, string name, CancellationToken ct);

        [TimeLimit(1)]
        Task<string> Forever(Caller caller, string name, CancellationToken ct);

        Task<string> AtTheGate(Caller caller, string name, CancellationToken ct);

        Task<int> Allocating(Caller caller, string bytes, CancellationToken ct);
    }

    public interface IOther
    {
        Task<string> Asking(Caller caller, string name, CancellationToken ct);
    }

    internal sealed class Greeter(Operation operation, Gate gate) : IGreeter
    {
        public Task<string> WithoutAsking(Caller caller, string name, CancellationToken ct) => Task.FromResult(name);

        public Task<string> Asking(Caller caller, string name, CancellationToken ct)
        {
            operation.Record(DecisionNumber.New(DateTimeOffset.UnixEpoch), true);
            return Task.FromResult(name);
        }

        public async Task<string> Forever(Caller caller, string name, CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct);
            return name;
        }

        public async Task<string> AtTheGate(Caller caller, string name, CancellationToken ct)
        {
            operation.Record(DecisionNumber.New(DateTimeOffset.UnixEpoch), true);
            await gate.Open.Task;
            return name;
        }

        public async Task<int> Allocating(Caller caller, string bytes, CancellationToken ct)
        {
            operation.Record(DecisionNumber.New(DateTimeOffset.UnixEpoch), true);
            await Task.Yield();
            return new byte[int.Parse(bytes)].Length;
        }
    }

    internal sealed class Other(Operation operation) : IOther
    {
        public Task<string> Asking(Caller caller, string name, CancellationToken ct)
        {
            operation.Record(DecisionNumber.New(DateTimeOffset.UnixEpoch), true);
            return Task.FromResult(name);
        }
    }

    public sealed class Gate
    {
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Observed : IOperationObserver
    {
        private readonly Dictionary<string, long> bytes = new(StringComparer.Ordinal);

        public long Of(string name) => bytes.GetValueOrDefault(name);

        public void OperationEnded(string service, string name, TimeSpan elapsed, OperationCost? cost, bool failed) => bytes[name] = cost!.AllocatedBytes;
    }

    private sealed class PlainMeterFactory : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
