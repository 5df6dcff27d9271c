using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Governance;

/// <summary>Reading proposals and policies.</summary>
internal sealed partial class GovernanceService
{
    public async Task<Page<PolicyView>> ListPolicies(Caller caller, PolicyFilter request, CancellationToken ct)
    {
        await RequireRead(caller, null, ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Policies.FromSql($"select * from governance.governance_policies where id < {after}")
            : db.Policies;
        rows = request.Status switch
        {
            null => rows,
            PolicyStatus.RolledBack => rows.Where(row => row.Status == PolicyStatus.Applied && db.Policies.Any(other => other.RollsBack == row.Id && other.Status == PolicyStatus.Applied)),
            PolicyStatus.Applied => rows.Where(row => row.Status == PolicyStatus.Applied && !db.Policies.Any(other => other.RollsBack == row.Id && other.Status == PolicyStatus.Applied)),
            { } status => rows.Where(row => row.Status == status),
        };
        rows = request.Query?.Trim() is { Length: > 0 } word ? rows.Where(row => EF.Functions.ILike(row.Title, "%" + word.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%")) : rows;
        var found = await rows.AsNoTracking().OrderByDescending(row => row.Id).Take(page.Limit + 1)
            .Select(row => new { Row = row, RolledBack = db.Policies.Any(other => other.RollsBack == row.Id && other.Status == PolicyStatus.Applied) })
            .ToListAsync(ct);
        return Page<PolicyView>.From([.. found.Select(one => View(one.Row, one.RolledBack))], page, view => [view.Id.Value]);
    }

    public async Task<PolicyDetail> GetPolicy(Caller caller, PolicyRef request, CancellationToken ct)
    {
        await RequireRead(caller, request.Id, ct);
        var row = await Find(request.Id, ct);
        var ballot = await finaliser.Count(row.Id, ct);
        var back = await TakenBackBy(row.Id, ct);
        var result = row.ReadResult();
        var asked = await db.Rollbacks.AsNoTracking().SingleOrDefaultAsync(one => one.PolicyId == row.Id, ct);
        return new(
            View(row, back is not null),
            row.Body,
            row.ReadOperations(),
            await Tally(caller, row, ballot, ct),
            result?.Changes ?? await WouldChange(caller, row, ct),
            result?.Inverse ?? [],
            result?.Problem,
            row.RollsBack,
            back?.Id,
            asked?.RequestedBy,
            asked?.Reason);
    }

    public async Task<PolicyChangelog> GetChangelog(Caller caller, PolicyRef request, CancellationToken ct)
    {
        await RequireRead(caller, request.Id, ct);
        var row = await Find(request.Id, ct);
        var entries = new List<PolicyEntry> { new(row.CreatedAt, "proposed", row.ProposedBy, row.Title) };
        if (row.OpenedAt is { } opened)
        {
            entries.Add(new(opened, "opened", null, row.Circulating?.ToString()));
        }

        if (row.ClosedAt is { } closed)
        {
            var what = row.Status == PolicyStatus.Cancelled ? "cancelled" : row.Status == PolicyStatus.Rejected ? "rejected" : "approved";
            entries.Add(new(closed, what, null, what == "cancelled" ? null : $"{row.Yes} / {row.No} / {row.Abstain}"));
        }

        if (row.AppliedAt is { } applied)
        {
            entries.Add(new(applied, row.Status == PolicyStatus.Failed ? "failed" : "applied", row.AppliedBy, row.Status == PolicyStatus.Failed ? row.ReadResult()?.Problem : $"{row.RegistryVersion}"));
        }

        if (await db.Rollbacks.AsNoTracking().SingleOrDefaultAsync(one => one.PolicyId == row.Id, ct) is { } asked)
        {
            entries.Add(new(asked.RequestedAt, "rollback_asked", asked.RequestedBy, asked.Reason));
        }

        if (await TakenBackBy(row.Id, ct) is { } back)
        {
            entries.Add(new(back.AppliedAt!.Value, "rolled_back", back.AppliedBy, back.Id.Value));
        }

        return new([.. entries.OrderBy(entry => entry.At)]);
    }

    private Task<Proposal?> TakenBackBy(PolicyId id, CancellationToken ct) =>
        db.Policies.AsNoTracking().SingleOrDefaultAsync(other => other.RollsBack == id && other.Status == PolicyStatus.Applied, ct);

    private async Task<VoteTally> Tally(Caller caller, Proposal row, Ballot ballot, CancellationToken ct)
    {
        var (choice, weight) = (default(VoteChoice?), default(Quantity?));
        if (caller.User is { } person && row.OpenedAt is not null)
        {
            choice = await db.Votes.AsNoTracking().Where(vote => vote.PolicyId == row.Id && vote.VoterId == person).Select(vote => (VoteChoice?)vote.Choice).SingleOrDefaultAsync(ct);
            weight = await db.Weights.AsNoTracking().Where(one => one.PolicyId == row.Id && one.VoterId == person).Select(one => (Quantity?)one.Weight).SingleOrDefaultAsync(ct) ?? Quantity.Zero;
        }

        return new(
            ballot.Yes,
            ballot.No,
            ballot.Abstain,
            ballot.Voters,
            row.Circulating,
            row.QuorumPct,
            row.ApprovalPct,
            Quantity.Of(ballot.TurnoutPct(row)),
            ballot.ReachesQuorum(row),
            ballot.Passes(row),
            choice,
            weight);
    }

    // The registry may have changed since: what is voted on would change what it is now.
    private async Task<IReadOnlyList<RegistryChange>> WouldChange(Caller caller, Proposal row, CancellationToken ct)
    {
        try
        {
            return (await registry.CheckChange(Self(caller), new CheckChange(row.ReadOperations()), ct)).Changes;
        }
        catch (CityException e) when (e.Code == ErrorCode.InvalidPayload)
        {
            return [];
        }
    }
}
