using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>
/// How a property runs. <c>DAARION_HOSTILE_TIMES=20</c> tries twenty times as many cases; <c>DAARION_HOSTILE_REPLAY=seed,gamma,size</c>, with the
/// numbers that a failure prints, makes the failing case again.
/// </summary>
internal static class HostileRun
{
    public static async Task Holds<T>(int cases, Gen<T> generator, Func<T, Task> property)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(cases * Times()).WithQuietOnSuccess(true);
        if (Replayed() is { } replay)
        {
            config = config.WithMaxTest(1).WithReplay(FSharpOption<Replay>.Some(replay));
        }

        // FsCheck waits for each case; on a thread of its own, so that it does not wait for the thread it holds.
        await Task.Run(() => Check.One(config, Prop.ForAll(generator.ToArbitrary(), property)));
    }

    private static int Times() => int.TryParse(Environment.GetEnvironmentVariable("DAARION_HOSTILE_TIMES"), NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times > 0 ? times : 1;

    private static Replay? Replayed() => Environment.GetEnvironmentVariable("DAARION_HOSTILE_REPLAY")?.Split(',') is [var seed, var gamma, var size]
        ? new Replay(
            new Rnd(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture)),
            FSharpOption<int>.Some(int.Parse(size, CultureInfo.InvariantCulture)))
        : null;
}
