using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Usage;

/// <summary>
/// Against whose quota something counts: a team's; in the city's own team also a person's, for what is theirs and no team's, and an outside platform's.
/// </summary>
/// <param name="TeamId">The team.</param>
/// <param name="SubjectId">Who in it; empty for the team itself.</param>
internal readonly record struct Payer(TeamId TeamId, string SubjectId)
{
    private static readonly TeamId City = Id<TeamKind>.WellKnown();

    /// <summary>True for a person who pays for what is their own.</summary>
    public bool IsPerson => UserId.TryParse(SubjectId, out _);

    public static Payer Of(TeamId team) => new(team, string.Empty);

    public static Payer Of(UserId person) => new(City, person.Value);

    /// <summary>True for an access key, whose part of what its team uses is counted beside it.</summary>
    public bool IsKey => AccessKeyId.TryParse(SubjectId, out _);

    public static Payer OfKey(TeamId team, string keyId) => new(team, keyId);

    public static Payer OfPlatform(string platform) => new(City, $"embassy:{platform}");

    /// <summary>Who pays for a question: an outside platform for itself; else the team of the thing; for a person's own thing that person.</summary>
    public static Payer Of(DecisionFacts facts) => facts.Resource switch
    {
        _ when facts.Platform is { } platform => OfPlatform(platform),
        { TeamId: { } team } => Of(team),
        { OwnerId: { } owner } when UserId.TryParse(owner, out var person) => Of(person),
        _ => Of(facts.TeamId),
    };
}
