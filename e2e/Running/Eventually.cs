using System.Diagnostics;

namespace Daarion.E2E.Running;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Task True(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => True(condition, () => what, limit);

    public static async Task True(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (limit ?? TimeSpan.FromSeconds(30)))
            {
                Assert.Fail($"It did not come about that {what()}");
            }

            await pace.WaitForNextTickAsync();
        }
    }

    public static async Task Equal<T>(T expected, Func<Task<T>> actual, TimeSpan? limit = null)
    {
        var last = default(T);
        await True(async () => EqualityComparer<T>.Default.Equals(last = await actual(), expected), () => $"the value becomes {expected}; it is {last}", limit);
    }
}
