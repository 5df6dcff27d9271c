using Daarion.Core.Kernel;
using Daarion.Core.Policy.Factors;

namespace Daarion.Core.Policy;

/// <summary>What somebody holds in a team at all, whatever a single question would come to: so that nobody gives away more than they have.</summary>
internal sealed class HeldRights(FactGatherer gatherer, IPolicySnapshots registry, PolicyDecisionPoint pdp)
{
    private const string Any = "team.read";

    /// <summary>What a person holds there by role, office and plan.</summary>
    /// <param name="person">Who.</param>
    /// <param name="team">Where.</param>
    /// <param name="withOwn">True to count as well what is theirs outside any team.</param>
    /// <param name="ct">Cancellation.</param>
    public async Task<Rights> Of(UserId person, TeamId team, bool withOwn, CancellationToken ct)
    {
        var facts = await Gathered(Questions.Of(new DecisionRequest(new SubjectRef(person.Value, SubjectKind.User), Any, team), pdp.Now), ct);
        return new(await registry.Current(ct), facts, withOwn);
    }

    /// <summary>What a service or service key holds itself, without whoever it acts for.</summary>
    public async Task<Rights> OfService(Caller caller, TeamId team, CancellationToken ct)
    {
        var facts = await Gathered(Questions.Of(caller, Any, ResourceRef.Team(team), pdp.Now) with { Person = null, AskedByPerson = false }, ct);
        return new(await registry.Current(ct), facts, false);
    }

    private async Task<DecisionFacts> Gathered(DecisionFacts question, CancellationToken ct) =>
        await gatherer.Gather(question, ct) is { Available: true } facts ? facts : throw CityException.Unavailable("Access cannot be decided at the moment; try again shortly.");
}

/// <summary>What somebody holds in a team.</summary>
/// <param name="Registry">The registry it is held by.</param>
/// <param name="Facts">Who and where.</param>
/// <param name="WithOwn">True to count as well what is theirs outside any team.</param>
internal sealed record Rights(PolicySnapshot Registry, DecisionFacts Facts, bool WithOwn)
{
    /// <summary>True for a person with neither role nor office.</summary>
    public bool IsStranger => Facts is { Person: not null, Membership: null, Office: null };

    /// <summary>How far they hold a capability; null where they do not.</summary>
    public DecisionScope? On(string capability)
    {
        if (Facts.Person is null)
        {
            return Holdings.SubjectHolds(Registry, Facts, capability) ? DecisionScope.All : null;
        }

        var bundles = Holdings.Of(Registry, Facts);
        var scope = default(DecisionScope?);
        foreach (var bundle in new[] { bundles.Role, bundles.Office, WithOwn ? Registry.AnyRole : null }.OfType<Bundle>())
        {
            if (bundle.Grants.TryGetValue(capability, out var grant))
            {
                scope = grant.Scope == DecisionScope.All ? DecisionScope.All : scope ?? DecisionScope.Own;
            }
        }

        return scope;
    }
}
