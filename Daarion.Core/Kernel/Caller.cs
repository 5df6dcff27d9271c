using System.Net;

namespace Daarion.Core.Kernel;

/// <summary>The kinds of subject the PDP knows (access: the decision).</summary>
public enum SubjectKind
{
    /// <summary>A person.</summary>
    User,

    /// <summary>A private AI agent: <c>agent:&lt;name&gt;</c>.</summary>
    Agent,

    /// <summary>An outside program: <c>integration:&lt;name&gt;</c>.</summary>
    Integration,

    /// <summary>An outside platform that sends signed webhooks: <c>embassy:&lt;platform&gt;</c>.</summary>
    Embassy,

    /// <summary>A service of the city, or an operator's script with a service key: <c>service:&lt;name&gt;</c>.</summary>
    Service,
}

/// <summary>
/// Who asks. Every operation takes it first; nothing below an entrance reads an ambient HTTP context. Made only by the factories
/// below, which only entrances call (the gateway, the console, the consumer host, the command line): an architecture test holds that.
/// </summary>
public sealed record Caller
{
    private Caller(SubjectKind kind, string subjectId)
    {
        Kind = kind;
        SubjectId = subjectId;
    }

    /// <summary>What kind of subject decides.</summary>
    public SubjectKind Kind { get; }

    /// <summary>Who: <c>u_…</c>, <c>embassy:&lt;platform&gt;</c>, <c>service:&lt;name&gt;</c>.</summary>
    public string SubjectId { get; }

    /// <summary>The name of a service or an outside platform: what follows the kind in <see cref="SubjectId"/>.</summary>
    public string? Name { get; private init; }

    /// <summary>The key that was presented, for callers with one: a service key's <c>client_id</c>, an access key's id.</summary>
    public string? KeyId { get; private init; }

    /// <summary>The capabilities that the key's token was asked for; null where it is not narrowed.</summary>
    public IReadOnlyList<string>? Scopes { get; private init; }

    /// <summary>The person a service acts for (<c>Daarion-Subject</c>); the PDP then asks <c>service.act_as</c> of the key as well.</summary>
    public UserId? OnBehalfOf { get; private init; }

    /// <summary>The session, for a signed-in person.</summary>
    public SessionId? SessionId { get; private init; }

    /// <summary>Where the request came from.</summary>
    public IPAddress? Ip { get; private init; }

    /// <summary>The user agent, cut to 256 characters.</summary>
    public string? UserAgent { get; private init; }

    /// <summary>The request (<c>req_…</c>) or event (<c>evt_…</c>) that caused this call.</summary>
    public string? CausationId { get; private init; }

    /// <summary>The person behind the call: the signed-in one, or the one a service acts for.</summary>
    public UserId? User => OnBehalfOf ?? (Kind == SubjectKind.User && UserId.TryParse(SubjectId, out var id) ? id : null);

    /// <summary>Who an event names as its actor: the person where there is one, else the subject.</summary>
    public (string Id, SubjectKind Kind) Actor => OnBehalfOf is { } user ? (user.Value, SubjectKind.User) : (SubjectId, Kind);

    /// <summary>A signed-in person.</summary>
    public static Caller ForUser(UserId user, SessionId session, Origin origin) =>
        new Caller(SubjectKind.User, user.Value) { SessionId = session }.From(origin);

    /// <summary>A service key on the internal listener, optionally acting for a person.</summary>
    public static Caller ForServiceKey(string clientId, UserId? onBehalfOf, Origin origin, IReadOnlyList<string>? scopes = null) =>
        new Caller(SubjectKind.Service, $"service:{clientId}") { KeyId = clientId, OnBehalfOf = onBehalfOf, Scopes = scopes }.From(origin);

    /// <summary>An access key on the public listener: a person by a key of their own, an agent or an integration.</summary>
    public static Caller ForAccessKey(string keyId, SubjectKind kind, string subjectId, Origin origin) => new Caller(kind, subjectId) { KeyId = keyId }.From(origin);

    /// <summary>An outside platform whose signature was verified.</summary>
    public static Caller ForPlatform(string platform, Origin origin) => new Caller(SubjectKind.Embassy, $"embassy:{platform}") { Name = platform }.From(origin);

    /// <summary>One of the city's own services reacting to an event or doing its own work; it holds the bundle <c>service.&lt;name&gt;</c>.</summary>
    public static Caller ForService(string service, string? causationId = null) =>
        new(SubjectKind.Service, $"service:{service}") { Name = service, CausationId = causationId };

    /// <summary>Nobody yet: a visitor of the sign-in and setup pages. Holds nothing; may only call operations that verify a proof of their own.</summary>
    public static Caller Anonymous(Origin origin) => new Caller(SubjectKind.User, "anonymous").From(origin);

    private Caller From(Origin origin) => this with
    {
        Ip = origin.Ip,
        UserAgent = origin.UserAgent is { Length: > 256 } tooLong ? tooLong[..256] : origin.UserAgent,
        CausationId = origin.RequestId,
    };
}

/// <summary>Where a request came from.</summary>
/// <param name="RequestId">The request's own id, <c>req_…</c>.</param>
/// <param name="Ip">The peer's address.</param>
/// <param name="UserAgent">What it says it is.</param>
public sealed record Origin(string RequestId, IPAddress? Ip, string? UserAgent);
