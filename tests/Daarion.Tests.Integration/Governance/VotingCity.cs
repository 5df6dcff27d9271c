using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Governance;

/// <summary>A city with two operators that votes for an hour at least, and whose clock the tests turn.</summary>
public sealed class VotingCity : FreshCity, IAsyncLifetime
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private long names;

    public IGovernanceService Governance => Get<IGovernanceService>();

    public Caller Olena { get; private set; } = null!;

    public Caller Taras { get; private set; } = null!;

    public DateTimeOffset Now => Clock.GetUtcNow();

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        (Olena, Taras) = (await Operator("olena"), await Operator("taras"));
        await Governance.PutSetting(Olena, new PutGovernanceSetting("governance.min_voting_seconds", "3600"), default);
    }

    /// <summary>A resident with so many DAARION, who has a team of their own.</summary>
    public async Task<Caller> Resident(decimal daarion, bool withTeam = true)
    {
        var user = await Get<IUserService>().Ensure(Caller.ForService(ServiceName.Auth), new EnsureUser($"resident{Interlocked.Increment(ref names)}@example.org", "Марія"), default);
        var caller = As(user.Id);
        if (withTeam)
        {
            await Get<ITeamService>().Create(caller, new CreateTeam($"Дім {names}"), default);
        }

        if (daarion > 0)
        {
            await Mint(user.Id, daarion);
        }

        return caller;
    }

    /// <summary>A resident who has more than all others together.</summary>
    public async Task<Caller> Majority() =>
        await Resident((await Get<IWalletService>().GetHoldings(Caller.ForService(ServiceName.Governance), new HoldingsQuery(Symbol.DAARION), default)).Circulating.Value + 1_000);

    public async Task Mint(UserId to, decimal daarion)
    {
        var wallets = Get<IWalletService>();
        var asked = await wallets.Mint(Olena, new MintTokens(OwnerId.Of(to), Symbol.DAARION, Quantity.Of(daarion), "A share in the city"), default);
        await wallets.ApproveTransfer(Taras, new TransferRef(asked.Id), default);
    }

    public Task<PolicyView> Propose(Caller by, params RegistryOperation[] operations) =>
        Governance.Propose(by, new Propose("A better rule", Now + Hour + Hour, operations), default);

    public Task<VoteView> Vote(Caller by, PolicyId id, VoteChoice choice) => Governance.CastVote(by, new CastVote(id, choice), default);

    public async Task<PolicyDetail> Look(PolicyId id) => await Governance.GetPolicy(Olena, new PolicyRef(id), default);

    /// <summary>Turns the clock until the vote has closed, and waits until the city's governance has seen it.</summary>
    public async Task<PolicyDetail> Close(PolicyId id)
    {
        Clock.Turn((await Look(id)).Policy.ClosesAt - Now + TimeSpan.FromSeconds(1));
        await Eventually.True(async () => (await Look(id)).Policy.Status is not (PolicyStatus.Voting or PolicyStatus.Approved or PolicyStatus.Draft), () => $"{id} is decided");
        return await Look(id);
    }

    /// <summary>Proposes, has somebody with all the weight there is vote yes, and closes.</summary>
    public async Task<PolicyDetail> Adopt(params RegistryOperation[] operations)
    {
        var voter = await Majority();
        var proposal = await Propose(Olena, operations);
        await Vote(voter, proposal.Id, VoteChoice.Yes);
        return await Close(proposal.Id);
    }

    public async Task<string> Lines(string sql)
    {
        await using var connection = await Get<CityDatabase>().Of("tests").OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"select coalesce(string_agg(line, E'\\n' order by line collate \"C\"), '') from ({sql}) as rows (line)", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The registry's rows as text.</summary>
    public Task<string> Registry() => Lines(
        """
        select concat_ws(' ', 'grant', b.name, c.code, g.scope, g.viewer) from capabilities.bundle_caps g join capabilities.bundles b on b.id = g.bundle_id join capabilities.capabilities c on c.id = g.capability_id
        union all select concat_ws(' ', 'entitlement', plan, metric, time_window, quota, hard_limit) from capabilities.plan_entitlements
        union all select concat_ws(' ', 'multiplier', from_amount, multiplier) from capabilities.stake_multipliers
        union all select concat_ws(' ', 'price', item, unit, price_1t) from capabilities.prices
        union all select concat_ws(' ', 'freeze', capability, until, reason) from capabilities.freezes
        union all select concat_ws(' ', 'setting', name, value) from capabilities.registry_settings
        """);

    public static RegistryOperation Quota(decimal quota, string metric = "agent_runs", TeamPlan plan = TeamPlan.Freemium) =>
        new(RegistryOp.SetQuota, Plan: plan, Metric: metric, Quota: Quantity.Of(quota));

    public Caller As(UserId user) => Caller.ForUser(user, SessionId.New(Clock.GetUtcNow()), new Origin("req_test", IPAddress.Loopback, "tests"));

    private async Task<Caller> Operator(string name) =>
        As((await Get<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator($"{name}@example.org"), default)).UserId);
}
