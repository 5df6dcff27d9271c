using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Policy;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Usage;

/// <summary>So many a minute, for all replicas together.</summary>
[Collection(CityCollection.Name)]
public sealed class RateTests(CityFixture city) : IAsyncLifetime
{
    private const int Freemium = 50;
    private const int Callers = 64;
    private readonly TurnedClock clock = new();
    private readonly Keys keys = new();
    private readonly List<Replica> replicas = [];

    public async Task InitializeAsync()
    {
        var address = await Replica.EmptyDatabase(city);
        for (var replica = 0; replica < 2; replica++)
        {
            replicas.Add(await Replica.Start(address, services => services.AddSingleton<TimeProvider>(clock).AddSingleton<IKeyFacts>(keys)));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_key_on_two_replicas_gets_what_its_plan_gives_within_five_in_a_hundred()
    {
        var key = keys.Add(null);

        var at = clock.GetUtcNow();
        var admitted = await Admitted(key, 400);

        // Only the seconds that pass meanwhile could let in more, and none leaves the minute before it is over.
        Assert.True(clock.GetUtcNow() - at < TimeSpan.FromMinutes(1));
        Assert.InRange(admitted, Freemium, Freemium * 1.05);
    }

    [Fact]
    public async Task A_key_with_a_rate_of_its_own_has_that()
    {
        var key = keys.Add(7);

        Assert.Equal(7, await Admitted(key, 100));
        Assert.Null(await replicas[0].Get<IKeyRates>().Charge(keys.AddServiceKey(), default));
    }

    [Fact]
    public async Task In_any_sixty_seconds_no_more_are_let_in_however_they_come()
    {
        var (key, limit, random) = (keys.Add(20), 20, new Random(20261125));
        var let = new List<DateTimeOffset>();
        for (var round = 0; round < 150; round++)
        {
            clock.Turn(TimeSpan.FromMilliseconds(random.Next(0, 4_000)));
            var at = clock.GetUtcNow();
            var rate = await replicas[round % 2].Get<IKeyRates>().Charge(key, default);
            var inLastMinute = let.Count(earlier => at - earlier < TimeSpan.FromSeconds(59));
            if (rate!.Wait is { } wait)
            {
                // Seconds are whole in the count, so that a request may wait up to one longer.
                Assert.True(let.Count(earlier => at - earlier < TimeSpan.FromSeconds(61)) >= limit, $"refused with {inLastMinute} in the last minute");
                Assert.InRange(wait.TotalSeconds, 1, 60);
            }
            else
            {
                Assert.True(inLastMinute < limit, $"let in beside {inLastMinute} others");
                let.Add(at);
            }
        }

        Assert.InRange(let.Count, limit, 150);
    }

    private async Task<int> Admitted(string key, int attempts)
    {
        var admitted = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, attempts), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (attempt, ct) =>
        {
            if ((await replicas[attempt % 2].Get<IKeyRates>().Charge(key, ct))!.Wait is null)
            {
                Interlocked.Increment(ref admitted);
            }
        });
        return admitted;
    }

    /// <summary>Access keys of a team that is not there, and so has the smallest plan.</summary>
    private sealed class Keys : IKeyFacts
    {
        private readonly Dictionary<string, KeyFact> all = new(StringComparer.Ordinal);

        public string Add(int? perMinute)
        {
            var now = TimeProvider.System.GetUtcNow();
            var (id, owner) = (AccessKeyId.New(now).Value, UserId.New(now));
            all[id] = new KeyFact(id, "key", null, null, []) { Access = new(SubjectKind.User, owner.Value, TeamId.New(now), owner, [], perMinute, null, []) };
            return id;
        }

        public string AddServiceKey()
        {
            var id = AccessKeyId.New(TimeProvider.System.GetUtcNow()).Value;
            all[id] = new KeyFact(id, "script", null, null, []);
            return id;
        }

        public Task<KeyFact?> Key(string keyId, CancellationToken ct) => Task.FromResult(all.GetValueOrDefault(keyId));

        public Task<IReadOnlyList<KeyFact>> Holding(string capability, TeamId team, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<KeyFact>>([]);
    }
}
