using System.Net;
using System.Net.Sockets;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Server.Demo;
using Daarion.Server.Settings;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Daarion.Tests.Integration.Demo;

/// <summary>What the demonstration is refused, and that it leaves no key behind when it fails.</summary>
[Collection(CityCollection.Name)]
public sealed class DemoRefusalTests(CityFixture city)
{
    private readonly DateTimeOffset began = Timestamps.Truncate(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task A_city_with_content_of_its_own_is_refused_to_the_screen_and_to_the_command_alike()
    {
        var boss = await city.CityOwner();
        await city.NewTeam();
        var demo = city.Get<IDemoService>();
        Assert.Equal(DemoPresence.Foreign, (await demo.Get(boss.Caller, new GetDemo(), default)).Presence);

        var toScreen = await Assert.ThrowsAsync<CityException>(() => demo.Fill(boss.Caller, new FillWithDemo(), default));
        var key = await city.Get<IServiceKeyService>().Create(boss.Caller, new CreateServiceKey(city.Unique("demo"), DemoAccess.Capabilities), default);
        using var filling = new DemoCity(DemoAccess.To(city.Get<CitySettings>(), key.ClientId.Value, key.ClientSecret), TimeProvider.System, new Progress<DemoProgress>());
        var toCommand = await Assert.ThrowsAsync<CityException>(() => filling.Fill(default));

        Assert.Equal((ErrorCode.Conflict, "city_not_empty"), (toScreen.Code, toScreen.Reason));
        Assert.Equal(toScreen.Message, toCommand.Message);
        Assert.Contains("for an empty one", toScreen.Message, StringComparison.Ordinal);
        Assert.Equal(DemoActivity.Idle, (await demo.Get(boss.Caller, new GetDemo(), default)).Activity);
        Assert.DoesNotContain((await Keys(boss)), one => one.Name == DemoAccess.KeyName);
    }

    [Fact]
    public async Task Who_is_no_operator_neither_sees_nor_does_it()
    {
        var person = await city.NewPerson();
        var demo = city.Get<IDemoService>();

        await Forbidden(() => demo.Get(person.Caller, new GetDemo(), default));
        await Forbidden(() => demo.Fill(person.Caller, new FillWithDemo(), default));
        await Forbidden(() => demo.StartMeter(person.Caller, new StartDemoMeter(), default));
        await Forbidden(() => demo.StopMeter(person.Caller, new StopDemoMeter(), default));
    }

    [Fact]
    public async Task A_filling_that_fails_says_so_and_leaves_no_key()
    {
        var boss = await city.CityOwner();
        using var runner = await Unreachable();

        await Task.WhenAll(runner.Begin(boss.Caller, default), runner.Begin(boss.Caller, default));
        await Eventually.True(() => runner.Now.Failure is not null, "the failure is told");

        Assert.Equal((DemoActivity.Idle, DemoTrouble.BrokeOff), (runner.Now.Activity, runner.Now.Failure!.Kind));
        Assert.Contains("does not answer", runner.Now.Failure.Detail, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await Keys(boss)).RevokedAt);
        await runner.StopAsync(default);
    }

    [Fact]
    public async Task Whoever_may_not_make_a_key_gets_none_made()
    {
        var person = await city.NewPerson();
        using var runner = await Unreachable();

        await Forbidden(() => runner.Begin(person.Caller, default));

        Assert.Equal(new DemoRun(DemoActivity.Idle), runner.Now);
        await runner.StopAsync(default);
    }

    [Fact]
    public async Task While_one_server_fills_the_city_another_does_not()
    {
        var boss = await city.CityOwner();
        using var runner = await Unreachable();
        await using (var taken = await FillingPlace.Take(city.Get<CityDatabase>(), default))
        {
            Assert.Equal("demo_running", (await Assert.ThrowsAsync<CityException>(() => runner.Begin(boss.Caller, default))).Reason);
        }

        Assert.Equal(new DemoRun(DemoActivity.Idle), runner.Now);
        Assert.Empty(await Keys(boss));
        await runner.StopAsync(default);
    }

    private async Task<DemoRunner> Unreachable()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var settings = city.Get<CitySettings>() with { InternalListen = new Uri($"http://127.0.0.1:{((IPEndPoint)nobody.LocalEndpoint).Port}") };
        nobody.Stop();
        var runner = new DemoRunner(city.Get<IServiceKeyService>(), city.Get<CityDatabase>(), settings, TimeProvider.System, NullLogger<DemoRunner>.Instance);
        await runner.StartAsync(default);
        return runner;
    }

    private async Task<IReadOnlyList<ServiceKeyView>> Keys(Person boss) =>
        [.. (await city.Get<IServiceKeyService>().List(boss.Caller, new ListServiceKeys(new PageRequest(200), IncludeRevoked: true), default)).Items.Where(key => key.CreatedBy == boss.Id.Value && key.CreatedAt >= began)];

    private static async Task Forbidden(Func<Task> act) => Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(act)).Code);
}
