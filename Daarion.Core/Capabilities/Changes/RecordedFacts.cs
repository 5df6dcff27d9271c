using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>
/// The facts of a decision as the log keeps them, so that it can be decided again by another registry: what the engine looks at and nothing else.
/// What is done to, for example, is not named: so the same person doing the same to another thing leaves the same text, which is read once.
/// </summary>
internal sealed record RecordedFacts
{
    private static readonly JsonSerializerOptions Compact = Create();

    public SubjectKind Kind { get; init; }

    public string Subject { get; init; } = string.Empty;

    public UserId? Person { get; init; }

    public bool Asks { get; init; }

    public string? KeyId { get; init; }

    public KeyFact? Key { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public string? Service { get; init; }

    public string? Platform { get; init; }

    public TeamId Team { get; init; }

    public TeamFact? State { get; init; }

    public MembershipFact? Member { get; init; }

    public MembershipFact? Office { get; init; }

    public ResourceRef? Resource { get; init; }

    public bool Heeds { get; init; }

    public decimal Units { get; init; }

    public QuotaFact? Quota { get; init; }

    /// <summary>The facts of a decision in a text.</summary>
    public static string Write(DecisionFacts facts) => JsonSerializer.Serialize(
        new RecordedFacts
        {
            Kind = facts.Kind,
            Subject = facts.SubjectId,
            Person = facts.Person,
            Asks = facts.AskedByPerson,
            KeyId = facts.KeyId,
            // Where somebody called from is not kept, so that it cannot be asked about again either.
            Key = facts.Key is { Access: { } grant } key ? key with { Access = grant with { Cidrs = [] } } : facts.Key,
            Scopes = facts.Scopes,
            Service = facts.Service,
            Platform = facts.Platform,
            Team = facts.TeamId,
            State = facts.Team is { } team ? team with { Name = string.Empty } : null,
            Member = facts.Membership,
            Office = facts.Office,
            Resource = facts.Resource is { Id: not null } named ? named with { Id = "-" } : facts.Resource,
            Heeds = facts.HeedsScope,
            Units = facts.Units,
            Quota = facts.Quota,
        },
        Compact);

    /// <summary>The facts that a text keeps; action and time are kept beside it.</summary>
    public static DecisionFacts Read(string text)
    {
        var kept = JsonSerializer.Deserialize<RecordedFacts>(text, Compact)!;
        return new()
        {
            Kind = kept.Kind,
            SubjectId = kept.Subject,
            Action = string.Empty,
            At = default,
            Person = kept.Person,
            AskedByPerson = kept.Asks,
            KeyId = kept.KeyId,
            Key = kept.Key,
            Scopes = kept.Scopes,
            Service = kept.Service,
            Platform = kept.Platform,
            TeamId = kept.Team,
            Team = kept.State,
            Membership = kept.Member,
            Office = kept.Office,
            Resource = kept.Resource,
            HeedsScope = kept.Heeds,
            Units = kept.Units,
            Quota = kept.Quota,
        };
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        CityJson.Configure(options);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault;
        options.RespectRequiredConstructorParameters = false;
        options.MakeReadOnly();
        return options;
    }
}
