using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Telemetry;
using Daarion.Tests.Integration.Gateway;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Telemetry;

/// <summary>What was audited stands in the log, in a chain that shows every change.</summary>
[Collection(CityCollection.Name)]
public sealed class AuditTests(CityFixture city)
{
    [Fact]
    public async Task What_somebody_did_stands_in_the_log_with_who_allowed_it()
    {
        var boss = await city.NewOperator();
        var key = await city.Get<IServiceKeyService>().Create(boss.Caller, new CreateServiceKey(city.Unique("robot"), ["team.read"]), default);

        var record = await Recorded(boss.Caller, key.ClientId.Value);

        Assert.Equal("auth.service_key.created", record.Action);
        Assert.Equal(boss.Id.Value, record.ActorId);
        Assert.StartsWith("dec_", record.DecisionId, StringComparison.Ordinal);
        Assert.StartsWith("evt_", record.EventId, StringComparison.Ordinal);
        Assert.Equal(record, await city.Get<ITelemetryService>().GetAudit(boss.Caller, new GetAudit(record.Id), default) with { Details = record.Details });
    }

    [Fact]
    public async Task The_log_is_narrowed_to_a_time()
    {
        var boss = await city.NewOperator();
        var key = await city.Get<IServiceKeyService>().Create(boss.Caller, new CreateServiceKey(city.Unique("robot"), ["team.read"]), default);
        var at = (await Recorded(boss.Caller, key.ClientId.Value)).At;

        Assert.Single(await Between(at, at.AddMilliseconds(1)));
        Assert.Empty(await Between(null, at));
        Assert.Empty(await Between(at.AddMilliseconds(1), null));

        async Task<IReadOnlyList<AuditRecord>> Between(DateTimeOffset? from, DateTimeOffset? to) =>
            (await city.Get<ITelemetryService>().ListAudit(boss.Caller, new ListAudit(new PageRequest(), TargetId: key.ClientId.Value, From: from, To: to), default)).Items;
    }

    [Fact]
    public async Task The_log_is_read_page_by_page_without_gaps()
    {
        var boss = await city.NewOperator();
        var key = await city.Get<IServiceKeyService>().Create(boss.Caller, new CreateServiceKey(city.Unique("robot"), ["team.read"]), default);
        await Recorded(boss.Caller, key.ClientId.Value);
        var telemetry = city.Get<ITelemetryService>();

        var numbers = new List<long>();
        for (var cursor = default(string); ;)
        {
            var page = await telemetry.ListAudit(boss.Caller, new ListAudit(new PageRequest(2, cursor)), default);
            numbers.AddRange(page.Items.Select(item => item.Number));
            if ((cursor = page.NextCursor) is null)
            {
                break;
            }
        }

        Assert.Equal(numbers.OrderDescending(), numbers);
        Assert.Equal(1, numbers[^1]);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.Equal(numbers[0], numbers.Count);
    }

    [Fact]
    public async Task A_changed_record_breaks_the_chain_and_the_database_refuses_the_change()
    {
        var boss = await city.NewOperator();
        var key = await city.Get<IServiceKeyService>().Create(boss.Caller, new CreateServiceKey(city.Unique("robot"), ["team.read"]), default);
        var record = await Recorded(boss.Caller, key.ClientId.Value);
        var telemetry = city.Get<ITelemetryService>();
        Assert.True((await telemetry.VerifyAudit(boss.Caller, new VerifyAudit(), default)).Ok);

        await Assert.ThrowsAsync<PostgresException>(() => Execute($"update telemetry.audit_records set action = 'nothing' where number = {record.Number}"));
        await Execute($"alter table telemetry.audit_records disable trigger user; update telemetry.audit_records set action = 'nothing' where number = {record.Number}");
        var broken = await telemetry.VerifyAudit(boss.Caller, new VerifyAudit(), default);
        await Execute($"update telemetry.audit_records set action = '{record.Action}' where number = {record.Number}; alter table telemetry.audit_records enable trigger user");
        var whole = await telemetry.VerifyAudit(boss.Caller, new VerifyAudit(), default);

        Assert.False(broken.Ok);
        Assert.Equal(record.Number, broken.BrokenAt);
        Assert.True(whole.Ok, whole.Detail);
    }

    [Fact]
    public async Task A_teams_guardians_read_their_own_log_and_nobody_elses()
    {
        var (team, owner) = await city.NewTeam();
        var (other, _) = await city.NewTeam();
        var telemetry = city.Get<ITelemetryService>();

        await telemetry.ListAudit(owner.Caller, new ListAudit(new PageRequest(), team.Id), default);
        var foreign = await Assert.ThrowsAsync<CityException>(() => telemetry.ListAudit(owner.Caller, new ListAudit(new PageRequest(), other.Id), default));
        var citys = await Assert.ThrowsAsync<CityException>(() => telemetry.ListAudit(owner.Caller, new ListAudit(new PageRequest()), default));

        Assert.Equal(ErrorCode.NotFound, foreign.Code);
        Assert.Equal(ErrorCode.Forbidden, citys.Code);
    }

    [Fact]
    public async Task Who_came_went_or_became_something_else_stands_in_the_log()
    {
        var (team, owner) = await city.NewTeam();
        var (heir, guest) = (await city.NewPerson(), await city.NewPerson());
        var members = city.Get<IMembershipService>();
        await members.Add(owner.Caller, new AddMember(team.Id, heir.Id), default);
        await members.ChangeRole(owner.Caller, new ChangeMemberRole(team.Id, heir.Id, TeamRole.Guardian), default);
        await members.Add(owner.Caller, new AddMember(team.Id, guest.Id, Role: TeamRole.Visitor), default);
        await members.Remove(owner.Caller, new RemoveMember(team.Id, guest.Id), default);
        await members.TransferOwner(owner.Caller, new TransferOwner(team.Id, heir.Id), default);
        await members.Remove(owner.Caller, new RemoveMember(team.Id, owner.Id), default);
        string[] expected =
        [
            $"team.member.added {heir.Id}", $"team.member.added {guest.Id}", $"team.member.removed {guest.Id}", $"team.member.role_changed {heir.Id}", $"team.member.role_changed {heir.Id}",
            $"team.member.role_changed {owner.Id}", $"team.member.left {owner.Id}", $"team.owner.transferred {team.Id}",
        ];

        await Eventually.True(
            async () => expected.Order(StringComparer.Ordinal).SequenceEqual(
                (await city.Get<ITelemetryService>().ListAudit(heir.Caller, new ListAudit(new PageRequest(), team.Id), default)).Items.Select(record => $"{record.Action} {record.TargetId}").Order(StringComparer.Ordinal)),
            () => $"all of it is in the log\n{city.Log}");
    }

    [Fact]
    public async Task Who_stops_being_an_operator_stands_in_the_log()
    {
        var (boss, former) = (await city.NewOperator(), await city.NewOperator());
        var service = CityFixture.Service(ServiceName.Auth);
        await city.Get<IMembershipService>().ChangeRole(service, new ChangeMemberRole(TeamId.WellKnown(), former.Id, TeamRole.Member), default);
        await city.Get<IOperatorService>().Remove(service, new RemoveOperator(former.Id), default);

        await Eventually.True(
            async () => (await city.Get<ITelemetryService>().ListAudit(boss.Caller, new ListAudit(new PageRequest(), TargetId: former.Id.Value), default)).Items
                .Select(record => record.Action).SequenceEqual(["city.operator.removed", "city.operator.role_changed", "city.operator.added"]),
            () => "all of it is in the log");
    }

    [Fact]
    public async Task The_log_can_be_taken_away_as_a_table()
    {
        var (browser, boss) = await city.Browser();
        await Eventually.True(async () => (await browser.GetStringAsync($"/api/v1/audit.csv?target_id={boss}")).Contains("city.operator.added", StringComparison.Ordinal), () => "the operator is in the log");

        using var answer = await browser.GetAsync($"/api/v1/audit.csv?target_id={boss}");

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("number,id,at,", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<AuditRecord> Recorded(Caller caller, string target)
    {
        AuditRecord? found = null;
        await Eventually.True(
            async () => (found = (await city.Get<ITelemetryService>().ListAudit(caller, new ListAudit(new PageRequest(), TargetId: target), default)).Items is [var first, ..] ? first : null) is not null,
            () => $"{target} is in the audit log\n{city.Log}");
        return found!;
    }

    private async Task Execute(string sql)
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
