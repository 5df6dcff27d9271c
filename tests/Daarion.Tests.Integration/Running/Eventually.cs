using System.Diagnostics;

namespace Daarion.Tests.Integration.Running;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the condition holds.</summary>
    public static async Task True(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (limit ?? Patience))
            {
                Assert.Fail($"It did not come about that {what()}");
            }

            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until the condition holds.</summary>
    public static Task True(Func<bool> condition, string what, TimeSpan? limit = null) => True(() => Task.FromResult(condition()), () => what, limit);

    /// <summary>Waits until the value is as expected.</summary>
    public static async Task Equal<T>(T expected, Func<Task<T>> actual, TimeSpan? limit = null)
    {
        var last = default(T);
        await True(async () => EqualityComparer<T>.Default.Equals(last = await actual(), expected), () => $"the value becomes {expected}; it is {last}", limit);
    }
}
