using System.Text.Json;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Governance;

/// <summary>Making proposals; reading them, voting and taking back are in the other files.</summary>
internal sealed partial class GovernanceService(
    IAccess access, GovernanceDbContext db, IRegistryService registry, ICapabilityService capabilities, ITeamService teams, PolicyFinaliser finaliser) : IGovernanceService
{
    private const string ReadCapability = "governance.read";
    private const string Create = "governance.proposal.create";
    private const string Vote = "governance.vote.cast";
    private const string Manage = "governance.policy.manage";
    private const int MinTitle = 3;
    private const int MaxTitle = 120;
    private const int MaxBody = 10_000;

    public async Task<PolicyView> Propose(Caller caller, Propose request, CancellationToken ct)
    {
        var team = await RequireCreate(caller, request.TeamId, ct);
        var title = Text("title", request.Title, MinTitle, MaxTitle);
        var body = request.Body is { Length: > 0 } ? Text("body", request.Body, 1, MaxBody) : null;
        var (check, settings) = (await Look(caller, request, ct), await Settings(caller, ct));
        RuleViolation.RequireNone(check.Violations);
        var (opens, closes) = Window(request, settings);
        var proposal = new Proposal
        {
            Id = PolicyId.New(db.Now),
            Title = title,
            Body = body,
            PolicyType = check.PolicyType,
            Targets = [.. check.Changes.Select(change => $"{change.Kind} {change.Target}")],
            Operations = JsonSerializer.Serialize(check.Operations, CityJson.Sparse),
            ProposedBy = caller.Actor.Id,
            TeamId = team,
            RollsBack = request.RollsBack,
            Status = PolicyStatus.Draft,
            CreatedAt = db.Now,
            OpensAt = opens,
            ClosesAt = closes,
            QuorumPct = settings.Quorum,
            ApprovalPct = settings.Approval,
        };
        db.Add(proposal);
        db.Publish(new GovernanceProposalCreated(proposal.Id, proposal.PolicyType, team, proposal.Targets, opens, closes), proposal.Id.Value, team);
        await db.SaveChangesAsync(ct);
        if (opens <= db.Now)
        {
            await finaliser.Open(proposal.Id, ct);
        }

        return View(await db.Policies.AsNoTracking().SingleAsync(row => row.Id == proposal.Id, ct), false);
    }

    public async Task<ProposalCheck> Validate(Caller caller, Propose request, CancellationToken ct)
    {
        await RequireCreate(caller, request.TeamId, ct);
        _ = Text("title", request.Title, MinTitle, MaxTitle);
        _ = Window(request, await Settings(caller, ct));
        return await Look(caller, request, ct);
    }

    public async Task<Simulation> Simulate(Caller caller, SimulateProposal request, CancellationToken ct)
    {
        await RequireRead(caller, request.Id, ct);
        var proposal = await Find(request.Id, ct);
        return await registry.Simulate(Self(caller), new SimulateChange(proposal.ReadOperations(), request.Days), ct);
    }

    public async Task<Simulation> SimulateOperations(Caller caller, SimulateOperations request, CancellationToken ct)
    {
        await RequireCreate(caller, null, ct);
        return await registry.Simulate(Self(caller), new SimulateChange(request.Operations, request.Days), ct);
    }

    private static Caller Self(Caller caller) => Caller.ForService(ServiceName.Governance, caller.CausationId);

    private async Task<Proposal> Find(PolicyId id, CancellationToken ct) =>
        await db.Policies.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) ?? throw CityException.NotFound("proposal");

    // Every resident reads what the city decides: it is theirs as a wallet of their own is.
    private ValueTask<Decision> RequireRead(Caller caller, PolicyId? id, CancellationToken ct) =>
        access.Require(caller, ReadCapability, caller.User is { } person ? ResourceRef.Own("policy", id?.Value, person) : null, ct);

    // Whoever names no team proposes for the city, or for the first of their teams in which they may.
    private async Task<TeamId?> RequireCreate(Caller caller, TeamId? named, CancellationToken ct)
    {
        if (named is { } team)
        {
            await access.Require(caller, Create, ResourceRef.Team(team), ct);
            return team;
        }

        if (caller.User is { } person && !(await access.Ask(caller, Create, ResourceRef.City, ct)).Allow)
        {
            var mine = await teams.Mine(caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), ct);
            foreach (var own in mine.Items.Where(one => one.Role >= TeamRole.Guardian))
            {
                if ((await access.Ask(caller, Create, ResourceRef.Team(own.Team.Id), ct)).Allow)
                {
                    return own.Team.Id;
                }
            }
        }

        await access.Require(caller, Create, ResourceRef.City, ct);
        return null;
    }

    private async Task<ProposalCheck> Look(Caller caller, Propose request, CancellationToken ct)
    {
        if (request.Operations is null == request.RollsBack is null)
        {
            throw CityException.Invalid("operations", "Give operations, or in rolls_back the policy to take back: one of them.");
        }

        var operations = request.RollsBack is { } policy ? (await Takeable(caller, policy, ct)).ReadResult()!.Inverse : request.Operations!;
        var check = await registry.CheckChange(Self(caller), new CheckChange(operations), ct);
        var type = request.RollsBack is null ? PolicyTypes.Of(operations) : PolicyTypes.Rollback;
        return new(check.Violations.Count == 0, type, check.Version, check.Violations, check.Changes, operations, check.Inverse);
    }

    private (DateTimeOffset Opens, DateTimeOffset Closes) Window(Propose request, VotingSettings settings)
    {
        var opens = request.OpensAt is { } later ? Timestamps.Truncate(later) : db.Now;
        var closes = Timestamps.Truncate(request.ClosesAt);
        if (opens < db.Now)
        {
            if (opens < db.Now - TimeSpan.FromMinutes(1))
            {
                throw CityException.Invalid("opens_at", "Give a time to come, or leave it out to open at once.");
            }

            opens = db.Now;
        }

        var length = closes - opens;
        return length < settings.Least || length > settings.Most
            ? throw CityException.Invalid("closes_at", $"A vote lasts {Said(settings.Least)} to {Said(settings.Most)} in this city; it is a setting of governance.")
            : (opens, closes);
    }

    private async Task<VotingSettings> Settings(Caller caller, CancellationToken ct) => VotingSettings.Of(await registry.GetSettings(Self(caller), new RegistrySettingsRequest(), ct));

    private static string Said(TimeSpan span) => span.TotalDays >= 1 ? $"{span.TotalDays:0.##} days" : span.TotalHours >= 1 ? $"{span.TotalHours:0.##} hours" : $"{span.TotalMinutes:0.##} minutes";

    private static string Text(string field, string text, int least, int most)
    {
        var trimmed = text.Trim();
        return trimmed.Length < least || trimmed.Length > most || trimmed.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
            ? throw CityException.Invalid(field, $"Give {least} to {most} characters.")
            : trimmed;
    }

    private static PolicyView View(Proposal row, bool rolledBack) => new(
        row.Id,
        row.Title,
        row.PolicyType,
        row.Targets,
        rolledBack ? PolicyStatus.RolledBack : row.Status,
        row.ProposedBy,
        row.TeamId,
        row.CreatedAt,
        row.OpensAt,
        row.ClosesAt,
        row.AppliedAt,
        row.RegistryVersion);
}
