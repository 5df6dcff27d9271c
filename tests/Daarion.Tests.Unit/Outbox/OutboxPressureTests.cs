using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;

namespace Daarion.Tests.Unit.Outbox;

public sealed class OutboxPressureTests
{
    private static readonly Origin Somewhere = new("req_1", null, null);
    private static readonly Caller Platform = Caller.ForPlatform("grid", Somewhere);
    private static readonly Caller Reaction = Caller.ForService(ServiceName.Oracles, "evt_1");
    private static readonly Caller Script = Caller.ForServiceKey("script", null, Somewhere);

    private sealed record Payload(string Word);

    [Theory]
    [InlineData("team.updated", "platform", true)]
    [InlineData("team.updated", "script", true)]
    [InlineData("embassy.energy.update", "platform", true)]
    [InlineData("oracle.reading.published", "reaction", false)]
    [InlineData("payout.claimed", "script", false)]
    [InlineData("wallet.tx.sent", "script", false)]
    [InlineData("auth.session.created", "platform", false)]
    [InlineData("audit.event", "script", false)]
    public void Above_the_limit_only_what_can_come_again_is_refused(string type, string who, bool refused)
    {
        var caller = who switch { "platform" => Platform, "script" => Script, _ => Reaction };
        var pressure = new OutboxPressure { Waiting = OutboxPressure.Limit + 1 };

        var failure = Record.Exception(() => pressure.Admit(EventDeclaration.Of<Payload>(type, ServiceName.Teams), caller));

        Assert.Equal(refused ? ErrorCode.Unavailable : null, (failure as CityException)?.Code);
    }

    [Fact]
    public void At_the_limit_everything_is_let_in() =>
        Assert.Null(Record.Exception(() => new OutboxPressure { Waiting = OutboxPressure.Limit }.Admit(EventDeclaration.Of<Payload>("team.updated", ServiceName.Teams), Platform)));
}
