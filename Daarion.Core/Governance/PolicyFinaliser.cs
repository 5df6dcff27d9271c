using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Governance;

/// <summary>
/// Opens votes, closes them and applies what was adopted: each step once, however many replicas try, because each holds the proposal's row while it
/// decides and the database lets no step be taken twice.
/// </summary>
internal sealed class PolicyFinaliser(GovernanceDbContext db, IRegistryService registry, IWalletService wallets)
{
    private const string LockSql = "select * from governance.governance_policies where id = {0} for update";
    private const string WeighSql = "insert into governance.governance_weights (policy_id, voter_id, weight) select $1, * from unnest($2::text[], $3::numeric[])";
    private static readonly string Agent = $"service:{ServiceName.Governance}";

    /// <summary>A proposal, held until the transaction ends; null where there is none.</summary>
    public Task<Proposal?> Lock(PolicyId id, CancellationToken ct)
    {
        // What this context knew of the row may be older than the lock.
        db.ChangeTracker.Clear();
        return db.Policies.FromSqlRaw(LockSql, id.Value).AsTracking().SingleOrDefaultAsync(ct);
    }

    /// <summary>Proposals of which something is due, in the order of their times.</summary>
    public async Task<IReadOnlyList<PolicyId>> Due(CancellationToken ct)
    {
        var now = db.Now;
        return await db.Policies.AsNoTracking()
            .Where(row => row.Status == PolicyStatus.Approved || (row.Status == PolicyStatus.Draft && row.OpensAt <= now) || (row.Status == PolicyStatus.Voting && row.ClosesAt <= now))
            .OrderBy(row => row.ClosesAt)
            .Select(row => row.Id)
            .Take(100)
            .ToListAsync(ct);
    }

    /// <summary>Takes every step that is due for a proposal.</summary>
    public async Task Advance(PolicyId id, CancellationToken ct)
    {
        await Open(id, ct);
        if (await Close(id, ct) == PolicyStatus.Approved)
        {
            await Apply(id, Agent, ct);
        }
    }

    /// <summary>Opens a vote that is due, with what everybody has at this moment.</summary>
    public async Task Open(PolicyId id, CancellationToken ct)
    {
        var self = Caller.ForService(ServiceName.Governance);
        await db.Transact(
            async inner =>
            {
                if (await Lock(id, inner) is not { Status: PolicyStatus.Draft } proposal || proposal.OpensAt > db.Now)
                {
                    return false;
                }

                var settings = VotingSettings.Of(await registry.GetSettings(self, new RegistrySettingsRequest(), inner));
                var holdings = await wallets.GetHoldings(self, new HoldingsQuery(Symbol.DAARION), inner);
                await using var weigh = await db.Command(WeighSql, inner);
                weigh.Parameters.AddText(id.Value);
                weigh.Parameters.AddTexts([.. holdings.People.Select(one => one.User.Value)]);
                weigh.Parameters.AddNumbers([.. holdings.People.Select(one => one.Amount.Value)]);
                await QueryMeter.Measured(weigh.ExecuteNonQueryAsync(inner));
                proposal.Open(holdings.Circulating, settings.Quorum, settings.Approval, db.Now);
                Tell(proposal);
                return true;
            },
            ct);
        db.ChangeTracker.Clear();
    }

    /// <summary>Closes a vote that is due: counts, and adopts or rejects. Answers how the proposal stands.</summary>
    public async Task<PolicyStatus?> Close(PolicyId id, CancellationToken ct)
    {
        var status = await db.Transact<PolicyStatus?>(
            async inner =>
            {
                var proposal = await Lock(id, inner);
                if (proposal is not { Status: PolicyStatus.Voting } || proposal.ClosesAt > db.Now)
                {
                    return proposal?.Status;
                }

                proposal.Close(await Count(id, inner), db.Now);
                if (proposal.Status == PolicyStatus.Approved)
                {
                    db.Publish(new GovernancePolicyCreated(proposal.Id, proposal.PolicyType, proposal.Yes, proposal.No, proposal.Abstain), proposal.Id.Value, proposal.TeamId);
                }

                Tell(proposal);
                return proposal.Status;
            },
            ct);
        db.ChangeTracker.Clear();
        return status;
    }

    /// <summary>Applies what was adopted. The registry makes a policy a version once; whoever comes second learns which.</summary>
    public async Task<Proposal> Apply(PolicyId id, string by, CancellationToken ct)
    {
        var proposal = await db.Policies.AsNoTracking().SingleAsync(row => row.Id == id, ct);
        if (proposal.Status != PolicyStatus.Approved)
        {
            return proposal;
        }

        var (change, refusal) = await Make(proposal, ct);
        var applied = await db.Transact(
            async inner =>
            {
                var row = (await Lock(id, inner))!;
                if (row.Status != PolicyStatus.Approved)
                {
                    return row;
                }

                if (change is null)
                {
                    row.Fail(refusal!.Reason ?? Words.Of(refusal.Code), refusal.Message, by, db.Now);
                    db.Publish(new GovernancePolicyFailed(row.Id, row.PolicyType, refusal.Reason ?? Words.Of(refusal.Code)), row.Id.Value, row.TeamId);
                    return row;
                }

                row.Apply(change, by, db.Now);
                Tell(row);
                if (row.RollsBack is { } back)
                {
                    db.Publish(new GovernancePolicyRolledBack(back, row.Id, change.Version), back.Value, row.TeamId);
                }

                return row;
            },
            ct);
        db.ChangeTracker.Clear();
        return applied;
    }

    /// <summary>What was voted so far.</summary>
    public async Task<Ballot> Count(PolicyId id, CancellationToken ct)
    {
        await using var command = await db.Command("select choice, sum(weight), count(*)::int from governance.governance_votes where policy_id = $1 group by choice", ct);
        command.Parameters.AddText(id.Value);
        var (weights, voters) = (new Dictionary<VoteChoice, Quantity>(), 0);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            weights[Words.Parse<VoteChoice>(reader.GetString(0))] = Quantity.Of(reader.GetDecimal(1));
            voters += reader.GetInt32(2);
        }

        return new(weights.GetValueOrDefault(VoteChoice.Yes), weights.GetValueOrDefault(VoteChoice.No), weights.GetValueOrDefault(VoteChoice.Abstain), voters);
    }

    private async Task<(AppliedChange? Change, CityException? Refusal)> Make(Proposal proposal, CancellationToken ct)
    {
        try
        {
            return (await registry.ApplyPolicy(Caller.ForService(ServiceName.Governance), new ApplyPolicy(proposal.Id, proposal.ReadOperations()), ct), null);
        }
        catch (CityException e) when (e.Code is ErrorCode.Conflict or ErrorCode.InvalidPayload)
        {
            return (null, e);
        }
    }

    private void Tell(Proposal proposal) => db.Publish(
        new GovernancePolicyUpdated(proposal.Id, proposal.PolicyType, proposal.Status, proposal.Targets, proposal.RegistryVersion), proposal.Id.Value, proposal.TeamId);
}
