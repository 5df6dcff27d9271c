using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Governance;

/// <summary>Voting, and ending a proposal before it is decided.</summary>
internal sealed partial class GovernanceService
{
    // The proposal is held while the vote is written, so that no vote falls between the count and the close.
    private const string HoldSql = "select status, closes_at from governance.governance_policies where id = $1 for share";

    private const string CastSql =
        """
        insert into governance.governance_votes (policy_id, voter_id, choice, weight, at)
        values ($1, $2, $3, coalesce((select weight from governance.governance_weights where policy_id = $1 and voter_id = $2), 0), $4)
        on conflict (policy_id, voter_id) do update set choice = excluded.choice, at = excluded.at
        returning weight
        """;

    public async Task<VoteView> CastVote(Caller caller, CastVote request, CancellationToken ct)
    {
        await access.Require(caller, Vote, caller.User is { } person ? ResourceRef.Own("vote", request.Id.Value, person) : null, ct);
        var voter = caller.User ?? throw CityException.Invalid("Daarion-Subject", "Say in this header who votes: u_….");
        return await db.Transact(
            async inner =>
            {
                await using (var hold = await db.Command(HoldSql, inner))
                {
                    hold.Parameters.AddText(request.Id.Value);
                    await using var row = await QueryMeter.Measured(hold.ExecuteReaderAsync(inner));
                    if (!await row.ReadAsync(inner))
                    {
                        throw CityException.NotFound("proposal");
                    }

                    if (row.GetString(0) != Words.Of(PolicyStatus.Voting) || row.GetFieldValue<DateTimeOffset>(1) <= db.Now)
                    {
                        throw CityException.Conflict("It is not voted on now.", "not_voting");
                    }
                }

                await using var cast = await db.Command(CastSql, inner);
                cast.Parameters.AddText(request.Id.Value);
                cast.Parameters.AddText(voter.Value);
                cast.Parameters.AddText(Words.Of(request.Choice));
                cast.Parameters.AddTime(db.Now);
                var weight = Quantity.Of((decimal)(await QueryMeter.Measured(cast.ExecuteScalarAsync(inner)))!);
                db.Publish(new GovernanceVoteCast(request.Id, voter, request.Choice, weight), request.Id.Value);
                return new VoteView(request.Id, voter, request.Choice, weight, db.Now);
            },
            ct);
    }

    public async Task<PolicyView> Cancel(Caller caller, CancelProposal request, CancellationToken ct)
    {
        var known = await db.Policies.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.Id, ct);
        if (known is not null && known.ProposedBy == caller.Actor.Id)
        {
            await RequireRead(caller, request.Id, ct);
        }
        else
        {
            await access.Require(caller, Manage, ResourceRef.City, ct);
        }

        return await db.Transact(
            async inner =>
            {
                var proposal = await finaliser.Lock(request.Id, inner) ?? throw CityException.NotFound("proposal");
                proposal.Cancel(db.Now);
                db.Publish(new GovernancePolicyUpdated(proposal.Id, proposal.PolicyType, proposal.Status, proposal.Targets, null), proposal.Id.Value, proposal.TeamId);
                db.Audit("governance.cancel", "policy", proposal.Id.Value, proposal.TeamId);
                return View(proposal, false);
            },
            ct);
    }
}
