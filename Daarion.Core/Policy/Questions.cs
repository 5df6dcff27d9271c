using System.Net;
using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>Puts a question in the engine's terms, before its facts are known.</summary>
internal static class Questions
{
    private const string ServicePrefix = "service:";
    private const string EmbassyPrefix = "embassy:";
    private static readonly TeamId City = Id<TeamKind>.WellKnown();

    /// <summary>The question of a caller in this process.</summary>
    public static DecisionFacts Of(Caller caller, string action, ResourceRef? resource, DateTimeOffset at)
    {
        var person = caller.User;
        return new()
        {
            Kind = caller.Kind,
            SubjectId = caller.SubjectId,
            Person = person,
            KeyId = caller.KeyId,
            Scopes = caller.Scopes,
            Service = caller is { Kind: SubjectKind.Service, KeyId: null } ? caller.Name : null,
            Platform = caller.Kind == SubjectKind.Embassy ? caller.Name : null,
            Action = action,
            At = at,
            Resource = resource,
            HeedsScope = resource is { HeedsScope: true },
            Units = resource?.Units ?? 1,
            Ip = caller.Ip,
            AskedByPerson = person is not null || caller.Kind is SubjectKind.Agent or SubjectKind.Integration,
            TeamId = resource?.TeamId ?? City,
        };
    }

    /// <summary>A question that came from outside, about any subject.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the field.</exception>
    public static DecisionFacts Of(DecisionRequest request, DateTimeOffset now)
    {
        var (kind, id) = (request.Subject.Kind, request.Subject.Id);
        Check("subject.id", id);
        Check("action", request.Action);
        var name = id.StartsWith(ServicePrefix, StringComparison.Ordinal) ? id[ServicePrefix.Length..] : id;
        var isCityService = kind == SubjectKind.Service && request.KeyId is null && ServiceName.All.Contains(name, StringComparer.Ordinal);
        return new()
        {
            Kind = kind,
            SubjectId = kind switch
            {
                SubjectKind.Service => ServicePrefix + name,
                SubjectKind.Embassy when !id.StartsWith(EmbassyPrefix, StringComparison.Ordinal) => EmbassyPrefix + id,
                SubjectKind.Agent when !id.Contains(':', StringComparison.Ordinal) && !id.StartsWith("ag_", StringComparison.Ordinal) => "agent:" + id,
                SubjectKind.Integration when !id.Contains(':', StringComparison.Ordinal) => "integration:" + id,
                _ => id,
            },
            Person = kind == SubjectKind.User ? Person(id) : null,
            KeyId = request.KeyId ?? (kind == SubjectKind.Service && !isCityService ? name : null),
            Service = isCityService ? name : null,
            Platform = kind == SubjectKind.Embassy ? id[(id.StartsWith(EmbassyPrefix, StringComparison.Ordinal) ? EmbassyPrefix.Length : 0)..] : null,
            Ip = Address(request.Context?.Ip),
            Action = request.Action,
            At = request.Context?.At ?? now,
            Units = request.Context?.Units?.Value ?? 1,
            // The answer says its scope, and whoever asks from outside is told to heed it.
            HeedsScope = true,
            Resource = request.Resource is { } r ? new ResourceRef(r.Kind, r.Id, r.TeamId ?? request.TeamId, r.Owner, r.Acl, r.Mode) : null,
            TeamId = request.Resource?.TeamId ?? request.TeamId ?? City,
        };
    }

    private static UserId Person(string id) =>
        UserId.TryParse(id, out var user) ? user : throw CityException.Invalid("subject.id", "A person's identifier begins with 'u_' followed by 26 characters.");

    private static IPAddress? Address(string? text) => text is null ? null
        : IPAddress.TryParse(text, out var address) ? address
        : throw CityException.Invalid("context.ip", "Give an IP address.");

    private static void Check(string field, string text)
    {
        const int MaxLength = 200;
        if (text.Length is 0 or > MaxLength || text.Any(char.IsControl))
        {
            throw CityException.Invalid(field, $"Give 1 to {MaxLength} characters.");
        }
    }
}
