using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Daarion.Core.Kernel;

/// <summary>
/// What an operation costs the process: database queries and their time, CPU time and allocated bytes. CPU and allocation are counted
/// per thread while the operation is the current one of its execution context, so that awaiting costs nothing and two operations
/// interleaved on one thread are told apart.
/// </summary>
public sealed partial class OperationCost
{
    private static readonly AsyncLocal<OperationCost?> Ambient = new(OnContextChanged);

    [ThreadStatic]
    private static (long Bytes, long CpuNs) baseline;

    private long queries;
    private long queryTicks;
    private long allocatedBytes;
    private long cpuNs;

    /// <summary>Database round trips.</summary>
    public long Queries => Interlocked.Read(ref queries);

    /// <summary>Time spent waiting for the database.</summary>
    public TimeSpan QueryTime => TimeSpan.FromTicks(Interlocked.Read(ref queryTicks));

    /// <summary>Bytes allocated on the managed heap.</summary>
    public long AllocatedBytes => Interlocked.Read(ref allocatedBytes);

    /// <summary>Processor time, in nanoseconds.</summary>
    public long CpuNs => Interlocked.Read(ref cpuNs);

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
        var before = Ambient.Value;
        Ambient.Value = this;
        return new Scope(before);
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
    internal readonly struct Scope(OperationCost? before) : IDisposable
    {
        public void Dispose() => Ambient.Value = before;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
