using Daarion.Core.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Policy;

/// <inheritdoc cref="IAccessReviewService"/>
internal sealed class AccessReviewService(IAccess access, IPolicySnapshots registry, FactGatherer gatherer, FactCache cache, PolicyDecisionPoint pdp, IServiceProvider services) : IAccessReviewService
{
    /// <summary>People and keys that one question looks at, at most.</summary>
    public const int MaxCandidates = 10_000;

    private const string Read = "capability.read";
    private const string PlatformPrefix = "platform.";
    private static readonly TeamId City = Id<TeamKind>.WellKnown();

    public async Task<Page<SubjectAccess>> WhoCan(Caller caller, WhoCan request, CancellationToken ct)
    {
        await access.Require(caller, Read, null, ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var after = PageCursor.Decode(page.Cursor, 4);
        var snapshot = await registry.Current(ct);
        var candidates = await Candidates(snapshot, request, ct);
        var able = candidates
            .OrderBy(facts => facts.Kind)
            .ThenBy(Nearness)
            .ThenBy(facts => facts.SubjectId, StringComparer.Ordinal)
            .ThenBy(KeyOf, StringComparer.Ordinal)
            .Where(facts => after is null || IsAfter(facts, after))
            .Select(facts => (Facts: facts, Verdict: PolicyEngine.Decide(snapshot, facts)))
            .Where(candidate => candidate.Verdict.Allow)
            .Take(page.Limit + 1)
            .ToList();
        return Page<(DecisionFacts Facts, Verdict Verdict)>.From(able, page, row => [Words.Of(row.Facts.Kind), Nearness(row.Facts), row.Facts.SubjectId, KeyOf(row.Facts)])
            .Select(row => new SubjectAccess(
                new SubjectRef(row.Facts.SubjectId, row.Facts.Kind), row.Verdict.Scope, Through(snapshot, row.Facts), row.Facts.Grant is null ? null : row.Facts.KeyId));
    }

    public async Task<Page<HeldCapability>> WhatCan(Caller caller, WhatCan request, CancellationToken ct)
    {
        var key = AccessKeyId.TryParse(request.Subject, out _) ? await AccessKey(request.Subject, ct) : null;
        var person = UserId.TryParse(request.Subject, out var user) ? user : key?.Access?.Owner;
        await access.Require(caller, Read, person is { } whose ? ResourceRef.Own("subject", request.Subject, whose) : null, ct);
        var question = key?.Access is { } grant
            ? new DecisionRequest(new SubjectRef(grant.SubjectId, grant.SubjectKind), Read, request.TeamId ?? grant.TeamId, KeyId: key.KeyId)
            : new DecisionRequest(Subject(request.Subject), Read, request.TeamId);
        var page = (request.Page ?? new PageRequest()).Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var snapshot = await registry.Current(ct);
        var facts = await Gathered(Questions.Of(question, pdp.Now), ct);
        var held = snapshot.Capabilities
            .Order(StringComparer.Ordinal)
            .Where(code => after is null || string.CompareOrdinal(code, after) > 0)
            .Select(code => Held(snapshot, facts with { Action = code }))
            .OfType<HeldCapability>()
            .Take(page.Limit + 1)
            .ToList();
        return Page<HeldCapability>.From(held, page, row => [row.Capability]);
    }

    private async Task<KeyFact?> AccessKey(string id, CancellationToken ct) =>
        await cache.Keys.Get(id, cache.MaxAge, ct) is { Access: not null } key ? key : null;

    // What is not allowed with everything may still be allowed with what is the person's own.
    private static HeldCapability? Held(PolicySnapshot snapshot, DecisionFacts facts)
    {
        if (PolicyEngine.Decide(snapshot, facts) is { Allow: true } verdict)
        {
            return new(facts.Action, verdict.Scope, verdict.Obligations, Through(snapshot, facts));
        }

        DecisionFacts? own = facts.Person is { } person ? facts with { Resource = new ResourceRef("thing", null, facts.TeamId == City ? null : facts.TeamId, person.Value) } : null;
        return own is { } theirs && PolicyEngine.Decide(snapshot, theirs) is { Allow: true } mine
            ? new(theirs.Action, DecisionScope.Own, mine.Obligations, Through(snapshot, theirs))
            : null;
    }

    private async Task<List<DecisionFacts>> Candidates(PolicySnapshot snapshot, WhoCan request, CancellationToken ct)
    {
        var team = request.TeamId ?? City;
        var resource = request.Resource is { Length: > 0 } kind ? new ResourceRef(kind, null, request.TeamId) : request.TeamId is { } named ? ResourceRef.Team(named) : null;
        var common = await Gathered(
            new DecisionFacts { Kind = SubjectKind.Service, SubjectId = "service:none", Action = request.Action, At = pdp.Now, TeamId = team, Resource = resource, HeedsScope = true }, ct);
        var members = services.GetService<ITeamFacts>() is { } teams ? await teams.Members(team, MaxCandidates, ct) : [];
        var operators = team == City ? members : services.GetService<ITeamFacts>() is { } facts ? await facts.Members(City, MaxCandidates, ct) : [];
        var offices = operators.ToDictionary(member => member.UserId);
        var roles = members.ToDictionary(member => member.UserId);
        var keys = new List<KeyFact>();
        foreach (var source in services.GetServices<IKeyFacts>())
        {
            keys.AddRange(await source.Holding(request.Action, team, MaxCandidates, ct));
        }

        return
        [
            .. roles.Keys.Union(offices.Keys).Select(person => common with
            {
                Kind = SubjectKind.User,
                SubjectId = person.Value,
                Person = person,
                Membership = roles.GetValueOrDefault(person),
                Office = offices.GetValueOrDefault(person),
            }),
            .. keys.Select(key => key.Access is { } grant
                ? FromAnywhere(common with
                {
                    Kind = grant.SubjectKind,
                    SubjectId = grant.SubjectId,
                    Person = grant.Owner,
                    KeyId = key.KeyId,
                    Key = key,
                    Membership = roles.GetValueOrDefault(grant.Owner),
                    Office = offices.GetValueOrDefault(grant.Owner),
                })
                : common with { SubjectId = $"service:{key.KeyId}", KeyId = key.KeyId, Key = key }),
            .. ServiceName.All.Select(service => common with { SubjectId = $"service:{service}", Service = service }),
            .. snapshot.Bundles
                .Where(bundle => bundle.Name.StartsWith(PlatformPrefix, StringComparison.Ordinal) && bundle.Name != BundleNames.PlatformDefault)
                .Select(bundle => bundle.Name[PlatformPrefix.Length..])
                .Select(platform => common with { Kind = SubjectKind.Embassy, SubjectId = $"embassy:{platform}", Platform = platform }),
        ];
    }

    private async Task<DecisionFacts> Gathered(DecisionFacts question, CancellationToken ct)
    {
        var facts = await gatherer.Gather(question with { Action = Read }, ct);
        return facts.Available ? FromAnywhere(facts with { Action = question.Action, Quota = null }) : throw CityException.Unavailable("Access cannot be reviewed at the moment; try again shortly.");
    }

    // The question is what a key can, not from where.
    private static DecisionFacts FromAnywhere(DecisionFacts facts) => facts.Grant is { } grant ? facts with { Key = facts.Key! with { Access = grant with { Cidrs = [] } } } : facts;

    private static string KeyOf(DecisionFacts facts) => facts.Grant is null ? string.Empty : facts.KeyId!;

    private static List<FactSource> Through(PolicySnapshot snapshot, DecisionFacts facts) =>
        [.. PolicyEngine.Explain(snapshot, facts).Chain.SelectMany(finding => finding.Sources).Where(source => source.Kind is "bundle" or "membership" or "key").Distinct()];

    // A team's own people come before those who reach it by an office in the city.
    private static string Nearness(DecisionFacts facts) => facts.Membership is null ? "1" : "0";

    private static bool IsAfter(DecisionFacts facts, string[] after)
    {
        var kind = facts.Kind.CompareTo(Words.Parse<SubjectKind>(after[0], "cursor"));
        var place = kind != 0 ? kind : string.CompareOrdinal(Nearness(facts), after[1]);
        place = place != 0 ? place : string.CompareOrdinal(facts.SubjectId, after[2]);
        return (place != 0 ? place : string.CompareOrdinal(KeyOf(facts), after[3])) > 0;
    }

    private static SubjectRef Subject(string id) =>
        id.StartsWith("u_", StringComparison.Ordinal) ? new(id, SubjectKind.User)
        : id.StartsWith("embassy:", StringComparison.Ordinal) ? new(id, SubjectKind.Embassy)
        : id.StartsWith("service:", StringComparison.Ordinal) || AccessKeyId.TryParse(id, out _) ? new(id, SubjectKind.Service)
        : throw CityException.Invalid("subject", "Give u_…, ak_… of an access key, service:<name>, a service key's client id, or embassy:<platform>.");
}
