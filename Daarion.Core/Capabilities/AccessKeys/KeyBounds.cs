using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>What bounds a key: whom it may belong to, and that nobody gets more by making one or by taking a new secret for one than they have.</summary>
internal sealed class KeyBounds(IAccess access, HeldRights held, IPolicySnapshots registry, IServiceProvider services)
{
    private const int MaxMembers = 10_000;

    /// <summary>A person's key acts as that person: only they get its secret, or a service key that may act for them anyway.</summary>
    public async Task RequireOneself(Caller caller, KeySubject subject, TeamId team, CancellationToken ct)
    {
        if (subject.Person is not { } person || person == caller.User)
        {
            return;
        }

        if (caller.User is not null || caller.Kind != SubjectKind.Service)
        {
            throw new CityException(ErrorCode.Forbidden, "A person's key acts as that person, and only they get its secret. Make one for an agent or an integration instead.") { Reason = Reasons.RbacDenied };
        }

        await access.Require(caller, Actions.ActAs, ResourceRef.Team(team), ct);
    }

    /// <summary>Whom a new key belongs to.</summary>
    public async Task<UserId> OwnerOf(Caller caller, KeySubject subject, CreateAccessKey request, CancellationToken ct)
    {
        if ((subject.Person ?? caller.User) is { } person)
        {
            return request.Owner is null || request.Owner == person ? person : throw CityException.Invalid("owner", "A key belongs to whoever it stands for or whoever makes it; leave this out.");
        }

        if (request.Owner is { } named)
        {
            return named;
        }

        var members = services.GetService(typeof(ITeamFacts)) is ITeamFacts teams ? await teams.Members(request.TeamId, MaxMembers, ct) : [];
        return members.FirstOrDefault(member => member.Role == TeamRole.Owner)?.UserId ?? throw CityException.Invalid("team_id", "There is no such team, or it has no Owner.");
    }

    /// <summary>A new key holds nothing that its owner does not hold, and brings whoever makes it nothing that they do not hold.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the capability, or <c>forbidden</c>.</exception>
    public async Task RequireHeld(Caller caller, KeyTerms terms, CancellationToken ct)
    {
        var owner = await held.Of(terms.Owner, terms.TeamId, terms.Subject.Person is not null, ct);
        if (owner.IsStranger)
        {
            throw CityException.Invalid("owner", "Whoever a key belongs to must have a role in its team.");
        }

        var beyond = terms.Caps.Keys.Where(code => owner.On(code) is null).Take(5).ToList();
        if (beyond.Count > 0)
        {
            throw CityException.Invalid("caps", $"A key gets no more than whoever it belongs to, and they do not hold {string.Join(", ", beyond)} in this team.");
        }

        await RequireCovered(caller, owner, KeyTerms.Everything(terms.Caps, terms.Bundles, owner.Registry), terms.Owner, terms.TeamId, ct);
    }

    /// <summary>Whoever takes a new secret holds all that it opens.</summary>
    public async Task RequireCovered(Caller caller, AccessKey key, CancellationToken ct)
    {
        var caps = key.Caps.ToDictionary(cap => cap.Capability.Code, cap => cap.Scope, StringComparer.Ordinal);
        var owner = await held.Of(key.OwnerId, key.TeamId, key.Subject.Person is not null, ct);
        await RequireCovered(caller, owner, KeyTerms.Everything(caps, key.BundleNames, await registry.Current(ct)), key.OwnerId, key.TeamId, ct);
    }

    private async Task RequireCovered(Caller caller, Rights owner, IReadOnlyDictionary<string, DecisionScope> everything, UserId ownerId, TeamId team, CancellationToken ct)
    {
        if (caller.User is { } person && person != ownerId)
        {
            Require(await held.Of(person, team, false, ct));
        }

        if (caller.Kind == SubjectKind.Service)
        {
            Require(await held.OfService(caller, team, ct));
        }

        void Require(Rights mine)
        {
            foreach (var (code, scope) in everything)
            {
                if (owner.On(code) is { } theirs && !Covers(mine.On(code), scope == DecisionScope.Own ? DecisionScope.Own : theirs))
                {
                    throw new CityException(ErrorCode.Forbidden, $"Nobody gets more through a key than they hold themselves, and {code} is not among that.") { Reason = Reasons.CapabilityMissing };
                }
            }
        }
    }

    private static bool Covers(DecisionScope? mine, DecisionScope needed) => mine is { } scope && (scope == DecisionScope.All || needed == DecisionScope.Own);
}
