using System.Globalization;
using Daarion.Server.Relay;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Relay;

[Collection(RelayCollection.Name)]
public sealed class TwoRelaysTests(RelayGround ground)
{
    private const int Keys = 1_000;
    private const int Rounds = 4;
    private const int EachRound = 4;
    private const int Writers = 4;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task With_two_relays_and_one_killed_at_random_points_every_event_is_on_its_stream_once_and_in_the_order_of_its_key()
    {
        await using var world = await ground.NewWorld();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var committed = new List<Happening>();
        var replicas = new List<CityReplica> { world.StartReplica(), world.StartReplica() };

        for (var round = 0; round < Rounds; round++)
        {
            await Eventually.True(async () => await world.Relays() == 2, () => "two relays share the lanes", StartLimit);
            var before = await world.Processed();
            var writing = Write(world, round, committed);
            var point = before + random.Next(Keys * EachRound / 10, Keys * EachRound * 9 / 10);
            await Eventually.True(async () => await world.Processed() >= point, () => $"{point} events are published, seed {seed}", StartLimit);
            var victim = replicas[random.Next(replicas.Count)];
            await victim.Kill();
            replicas.Remove(victim);
            replicas.Add(world.StartReplica());
            await writing;
        }

        await world.UntilDrained();

        RelayWorld.AssertOnceAndInOrder(committed, await world.Messages());
    }

    [Fact]
    public async Task Two_relays_share_the_lanes_and_one_takes_over_what_the_other_leaves()
    {
        await using var world = await ground.NewWorld();
        var (first, second) = (await world.StartCity(), await world.StartCity());
        var (lanes, others) = (first.GetRequiredService<LaneLeases>(), second.GetRequiredService<LaneLeases>());
        await Eventually.True(() => lanes.Count == RelayLimits.Lanes / 2 && others.Count == RelayLimits.Lanes / 2, "each has half of the lanes");

        await world.StopCity(second);

        await Eventually.True(() => lanes.Count == RelayLimits.Lanes, "the one that is left has all lanes");
    }

    // Each writer has keys of its own and commits a few at a time, so that the number of an event is its place in the order of its key's commits.
    private static async Task Write(RelayWorld world, int round, List<Happening> committed)
    {
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var number = 1; number <= EachRound; number++)
            {
                foreach (var keys in Enumerable.Range(0, Keys).Where(key => key % Writers == writer).Chunk(25))
                {
                    var events = keys.Select(key => new Happening(key.ToString("'key:'0000", CultureInfo.InvariantCulture), (round * EachRound) + number)).ToArray();
                    await world.Append(events);
                    lock (committed)
                    {
                        committed.AddRange(events);
                    }
                }
            }
        }));
    }
}
