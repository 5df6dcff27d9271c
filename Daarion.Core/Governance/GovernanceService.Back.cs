using System.Text.Json;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Governance;

/// <summary>Taking policies back in an emergency, and founding the city's way of voting.</summary>
internal sealed partial class GovernanceService
{
    private const int MinReason = 3;
    private const int MaxReason = 500;
    private const string Awaiting = "awaiting_second";
    private const string RolledBack = "rolled_back";

    public async Task<RollbackView> Rollback(Caller caller, RollbackPolicy request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        var reason = Text("reason", request.Reason, MinReason, MaxReason);
        var policy = await Takeable(caller, request.Id, ct);
        var operatorId = caller.Actor.Id;
        var first = await db.Transact(inner => Ask(policy, operatorId, reason, inner), ct);
        if (first is null)
        {
            return new(policy.Id, Awaiting, operatorId, null, null);
        }

        if (first.RequestedBy == operatorId)
        {
            throw CityException.Conflict("Another operator must agree: you asked for it.", "four_eyes");
        }

        var inverse = await Adopt(policy, operatorId, reason, ct);
        var applied = await finaliser.Apply(inverse, operatorId, ct);
        return applied.Status == PolicyStatus.Applied
            ? new(policy.Id, RolledBack, first.RequestedBy, applied.Id, applied.RegistryVersion)
            : throw CityException.Conflict(applied.ReadResult()?.Problem ?? "It could not be taken back.", applied.ReadResult()?.Rule);
    }

    public async Task<GovernanceSettings> GetSettings(Caller caller, GovernanceSettingsRequest request, CancellationToken ct)
    {
        await RequireRead(caller, null, ct);
        return await ReadSettings(caller, ct);
    }

    public async Task<GovernanceSettings> PutSetting(Caller caller, PutGovernanceSetting request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        if (!await IsFounding(ct))
        {
            throw CityException.Conflict("Residents have begun to decide: this is changed by a policy with set_governance_setting.", "policy_required");
        }

        RegistryOperation[] operations = [new(RegistryOp.SetGovernanceSetting, Name: request.Name, Value: request.Value)];
        var check = await CheckSetting(caller, operations, ct);
        if (check.Violations.FirstOrDefault(violation => violation.Rule != "rule_irreversible") is { } broken)
        {
            throw CityException.Conflict(broken.Detail.Text, broken.Rule);
        }

        if (check.Changes.Count > 0)
        {
            db.Audit("governance.setting", "setting", request.Name, null, ("value", request.Value));
            await db.SaveChangesAsync(ct);
            await registry.ApplyPolicy(Self(caller), new ApplyPolicy(null, operations), ct);
        }

        return await ReadSettings(caller, ct);
    }

    private async Task<RegistryCheck> CheckSetting(Caller caller, IReadOnlyList<RegistryOperation> operations, CancellationToken ct)
    {
        try
        {
            return await registry.CheckChange(Self(caller), new CheckChange(operations), ct);
        }
        catch (CityException e) when (e.Code == ErrorCode.InvalidPayload)
        {
            throw e.Named(field => field[(field.LastIndexOf('.') + 1)..]);
        }
    }

    private async Task<GovernanceSettings> ReadSettings(Caller caller, CancellationToken ct)
    {
        var settings = await registry.GetSettings(Self(caller), new RegistrySettingsRequest(), ct);
        return new([.. settings.Settings.Where(setting => setting.SetByName)], await IsFounding(ct), settings.Version);
    }

    private async Task<bool> IsFounding(CancellationToken ct) => !await db.Policies.AnyAsync(policy => policy.Status == PolicyStatus.Applied, ct);

    // Null for the first who asks; the first one for whoever comes after.
    private async Task<RollbackRow?> Ask(Proposal policy, string operatorId, string reason, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({policy.Id.Value}, 11))", ct);
        if (await db.Rollbacks.AsNoTracking().SingleOrDefaultAsync(one => one.PolicyId == policy.Id, ct) is { } first)
        {
            return first;
        }

        db.Add(new RollbackRow { PolicyId = policy.Id, RequestedBy = operatorId, Reason = reason, RequestedAt = db.Now });
        db.Audit("governance.rollback_asked", "policy", policy.Id.Value, policy.TeamId, ("reason", reason));
        return null;
    }

    private async Task<PolicyId> Adopt(Proposal policy, string operatorId, string reason, CancellationToken ct)
    {
        var settings = await Settings(Caller.ForService(ServiceName.Governance), ct);
        var result = policy.ReadResult()!;
        var back = new Proposal
        {
            Id = PolicyId.New(db.Now),
            Title = policy.Title,
            Body = reason,
            PolicyType = PolicyTypes.Rollback,
            Targets = [.. result.Changes.Select(change => $"{change.Kind} {change.Target}")],
            Operations = JsonSerializer.Serialize(result.Inverse, CityJson.Sparse),
            ProposedBy = operatorId,
            TeamId = policy.TeamId,
            RollsBack = policy.Id,
            Status = PolicyStatus.Approved,
            CreatedAt = db.Now,
            OpensAt = db.Now,
            ClosesAt = db.Now.AddMilliseconds(1),
            QuorumPct = settings.Quorum,
            ApprovalPct = settings.Approval,
        };
        db.Add(back);
        db.Audit("governance.rollback", "policy", policy.Id.Value, policy.TeamId, ("reason", reason), ("by_policy", back.Id.Value));
        await db.SaveChangesAsync(ct);
        return back.Id;
    }

    // What a later change touched is not taken back over its head.
    private async Task<Proposal> Takeable(Caller caller, PolicyId id, CancellationToken ct)
    {
        var policy = await Find(id, ct);
        if (policy is not { Status: PolicyStatus.Applied, RegistryVersion: { } version })
        {
            throw CityException.Conflict("Only a policy that is in force can be taken back.", "not_applied");
        }

        if (await TakenBackBy(id, ct) is { } back)
        {
            throw CityException.Conflict($"It was taken back already, by {back.Id}.", "already_rolled_back");
        }

        var self = Self(caller);
        var now = (await capabilities.GetRegistry(self, new RegistryRequest(), ct)).Version;
        var since = await capabilities.GetDiff(self, new RegistryRange(version, now), ct);
        var mine = policy.ReadResult()!.Changes.Select(change => (change.Kind, change.Target)).ToHashSet();
        return since.Changes.FirstOrDefault(change => mine.Contains((change.Kind, change.Target))) is { } later
            ? throw CityException.Conflict($"{later.Kind} {later.Target} was changed again since; propose what it is to be now.", "changed_since")
            : policy;
    }
}
