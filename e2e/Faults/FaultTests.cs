using System.Globalization;
using Daarion.E2E.Running;
using Xunit.Abstractions;

namespace Daarion.E2E.Faults;

/// <summary>A short round of faults; <c>DAARION_FAULT_ROUNDS</c> and <c>DAARION_FAULT_SEED</c> make it long or repeat one.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly Fault[] All = Enum.GetValues<Fault>();

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_paid_twice_whatever_breaks()
    {
        var rounds = Setting("DAARION_FAULT_ROUNDS", 1);
        var first = Setting("DAARION_FAULT_SEED", Random.Shared.Next(1, 100_000));
        var cut = TimeSpan.FromSeconds(Setting("DAARION_FAULT_CUT_SECONDS", 8));
        for (var round = 0; round < rounds; round++)
        {
            var seed = first + round;
            Say($"round {round + 1} of {rounds}, DAARION_FAULT_SEED={seed}");
            await using var city = new CityProcess();
            await city.Start();
            var faults = All.ToArray();
            new Random(seed).Shuffle(faults);

            try
            {
                await new FaultRound(city, new FaultPlan(seed, Sites: 2, Readings: 240, faults, cut), Say).Run();
            }
            catch
            {
                Say(city.Output);
                throw;
            }

            await new FaultInjector(city, cut).KillServer();
        }
    }

    // A long round is watched while it runs: artifacts/faults.txt.
    private void Say(string line)
    {
        output.WriteLine(line);
        File.AppendAllText(Path.Combine(Repository.Artifacts, "faults.txt"), $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {line}\n");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
