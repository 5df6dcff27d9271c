using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Daarion.Core.Kernel;

/// <summary>
/// What an operation costs the process: database queries and their time, CPU time and allocated bytes. CPU and allocation are counted
/// per thread while the operation is the current one of its execution context, so that awaiting costs nothing and two operations
/// interleaved on one thread are told apart. Reading a thread's clock is a call of the kernel at each change of context: of very many operations one in
/// sixteen is measured, and stands for the sixteen; the sums stay what they are.
/// </summary>
public sealed partial class OperationCost
{
    /// <summary>Operations of a second that are all measured; beyond them one in <see cref="OneOf"/>.</summary>
    internal const int AllOfASecond = 100;

    /// <summary>For how many the one that is measured stands.</summary>
    internal const int OneOf = 16;

    private static readonly AsyncLocal<OperationCost?> Ambient = new();
    private static readonly AsyncLocal<OperationCost?> Measured = new(OnContextChanged);
    private static long second;
    private static int ofThisSecond;

    [ThreadStatic]
    private static (long Bytes, long CpuNs) baseline;

    private long queries;
    private long queryTicks;
    private long allocatedBytes;
    private long cpuNs;
    private int weight;

    /// <summary>Database round trips.</summary>
    public long Queries => Interlocked.Read(ref queries);

    /// <summary>Time spent waiting for the database.</summary>
    public TimeSpan QueryTime => TimeSpan.FromTicks(Interlocked.Read(ref queryTicks));

    /// <summary>Bytes allocated on the managed heap; zero where others stand for this one.</summary>
    public long AllocatedBytes => Interlocked.Read(ref allocatedBytes) * weight;

    /// <summary>Processor time, in nanoseconds; zero where others stand for this one.</summary>
    public long CpuNs => Interlocked.Read(ref cpuNs) * weight;

    /// <summary>The cost being counted on this execution context, for the database interceptor.</summary>
    public static OperationCost? Current => Ambient.Value;

    /// <summary>Counts one database round trip.</summary>
    public void AddQuery(TimeSpan elapsed)
    {
        Interlocked.Increment(ref queries);
        Interlocked.Add(ref queryTicks, elapsed.Ticks);
    }

    /// <summary>Makes this the cost that is counted until the returned scope ends; the one before then continues.</summary>
    internal Scope Measure()
    {
        weight = Weight(Environment.TickCount64 / 1000);
        var scope = new Scope(Ambient.Value, Measured.Value);
        Ambient.Value = this;
        Set(weight > 0 ? this : null);
        return scope;
    }

    // Two threads at the turn of a second may both begin it: then a few more are measured.
    private static int Weight(long now)
    {
        if (Interlocked.Exchange(ref second, now) != now)
        {
            Volatile.Write(ref ofThisSecond, 0);
        }

        var number = Interlocked.Increment(ref ofThisSecond);
        return number <= AllOfASecond ? 1 : number % OneOf == 0 ? OneOf : 0;
    }

    // What nobody measures changes no context.
    private static void Set(OperationCost? cost)
    {
        if (Measured.Value != cost)
        {
            Measured.Value = cost;
        }
    }

    private static void OnContextChanged(AsyncLocalValueChangedArgs<OperationCost?> change)
    {
        var (bytes, cpu) = (GC.GetAllocatedBytesForCurrentThread(), ThreadCpuNs());
        if (change.PreviousValue is { } previous)
        {
            Interlocked.Add(ref previous.allocatedBytes, Math.Max(0, bytes - baseline.Bytes));
            Interlocked.Add(ref previous.cpuNs, Math.Max(0, cpu - baseline.CpuNs));
        }

        baseline = (bytes, cpu);
    }

    private static long ThreadCpuNs()
    {
        const int ClockThreadCpuTimeId = 3;
        return OperatingSystem.IsLinux() && ClockGetTime(ClockThreadCpuTimeId, out var time) == 0
            ? (time.Seconds * 1_000_000_000L) + time.Nanoseconds
            : Stopwatch.GetTimestamp() * (1_000_000_000L / Stopwatch.Frequency);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    /// <summary>Restores the cost that was counted before.</summary>
    internal readonly struct Scope(OperationCost? before, OperationCost? measuredBefore) : IDisposable
    {
        public void Dispose()
        {
            Ambient.Value = before;
            Set(measuredBefore);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
