using System.Globalization;
using Daarion.Tests.Integration.Running;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Daarion.Tests.Integration.Wallets.Model;

/// <summary>
/// Whatever people, operators and services do with wallets, one after another and at once, the city's ledger tells what a ledger on paper tells.
/// <c>DAARION_LEDGER_STORIES=5000</c> asks for more stories, <c>DAARION_LEDGER_KILLS=50</c> for more ends in the middle of them.
/// </summary>
[Trait("Servers", "own")]
public sealed class LedgerModelTests(LedgerCity city) : IClassFixture<LedgerCity>
{
    private const int AtOnce = 10;
    private const int DaysBetween = 8;
    private static readonly LedgerRules Rules = new(10_000, 1_000, 10_000, 0.8m, 1_000);

    [Fact]
    public async Task What_people_do_at_once_is_what_some_order_of_it_does_on_paper()
    {
        var (first, second) = (await Operator(), await Operator());
        var waves = Wanted("DAARION_LEDGER_STORIES", 200) / AtOnce;
        await Told(waves, AtOnce, async stories =>
        {
            // The token is of this hour, and the days pass.
            using var http = await city.ServiceClient(LedgerDoor.Capabilities);
            var door = new LedgerDoor(http, () => throw new InvalidOperationException("The city is away."));
            var lanes = await Task.WhenAll(stories.Select(_ => LedgerLane.Open(door, Rules, first, second)));
            await Task.WhenAll(lanes.Zip(stories).Select(one => one.First.Go(one.Second.Before)));
            city.Clock.Turn(TimeSpan.FromDays(DaysBetween));
            using var later = await city.ServiceClient(LedgerDoor.Capabilities);
            http.DefaultRequestHeaders.Authorization = later.DefaultRequestHeaders.Authorization;
            await Task.WhenAll(lanes.Zip(stories).Select(async one =>
            {
                one.First.Later(DaysBetween);
                await one.First.Go(one.Second.After);
                await one.First.End();
            }));
            await AssertWhole(door);
        });
    }

    [Fact]
    public async Task However_often_the_city_is_killed_in_the_middle_nothing_is_half_done()
    {
        await using var server = new ServerProcess();
        await server.Start();
        await server.LiftQuotas("wallet_tx", "payout_claims", "stake_ops");
        await server.Stop();
        await server.Start();
        var people = new List<string>();
        for (var place = 0; place < 2; place++)
        {
            people.Add((await server.RunJson("admin", "operator", "--email", $"operator-{place}@example.org")).GetProperty("user_id").GetString()!);
        }

        using var http = await server.ServiceClient(LedgerDoor.Capabilities);
        var back = Task.CompletedTask;
        var door = new LedgerDoor(http, () => Volatile.Read(ref back));
        var seed = new Random(Wanted("DAARION_LEDGER_SEED", 5));
        for (var kills = Wanted("DAARION_LEDGER_KILLS", 2); kills > 0; kills--)
        {
            var lanes = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => LedgerLane.Open(door, Rules, people[0], people[1])));
            var stories = LedgerStories.One.Sample(AtOnce).ToList();
            var going = Task.WhenAll(lanes.Zip(stories).Select(one => one.First.Go([.. one.Second.Before, .. one.Second.After])));
            await Task.Delay(TimeSpan.FromMilliseconds(seed.Next(20, 400)));
            var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref back, again.Task);
            await server.Kill();
            await server.Start();
            again.SetResult();
            await going;
            await Task.WhenAll(lanes.Select(lane => lane.End()));
            await AssertWhole(door);
        }
    }

    // The usual run tells the same stories each time, so that a change is to blame for what it finds; the long round tells new ones.
    private static bool IsLong => Environment.GetEnvironmentVariable("DAARION_LEDGER_STORIES") is { Length: > 0 };

    private static Config Usual(int waves) => Config.QuickThrowOnFailure.WithMaxTest(waves).WithQuietOnSuccess(true);

    private static async Task AssertWhole(LedgerDoor door)
    {
        var audit = await door.Get("/internal/v1/wallet/audit");
        Assert.True(audit.GetProperty("ok").GetBoolean(), audit.ToString());
    }

    private static int Wanted(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : usual;

    // FsCheck waits for each case; on a thread of its own, so that it does not wait for the thread it holds.
    private static Task Told(int waves, int atOnce, Func<LedgerStory[], Task> property) => Task.Run(() => Check.One(
        IsLong ? Usual(waves) : Usual(waves).WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(20261114, 14111), FSharpOption<int>.None))), Prop.ForAll(Gen.ArrayOf(LedgerStories.One, atOnce).ToArbitrary(), property)));

    private async Task<string> Operator() => (await city.NewOperator()).User!.Value.Value;
}
