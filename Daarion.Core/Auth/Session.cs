using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>A signed-in session: 72 hours from the last use, 30 days at most.</summary>
internal sealed class Session
{
    /// <summary>How long a session lives without being used.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(72);

    /// <summary>How long a session lives at most.</summary>
    public static readonly TimeSpan AbsoluteLimit = TimeSpan.FromDays(30);

    /// <summary>A use is noted when the last note is older than this: not every request writes.</summary>
    public static readonly TimeSpan NoteInterval = TimeSpan.FromMinutes(1);

    private Session()
    {
    }

    public SessionId Id { get; private set; }

    public UserId UserId { get; private set; }

    public byte[] TokenHash { get; private set; } = [];

    public string Method { get; private set; } = string.Empty;

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset LastSeenAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public string? EndReason { get; private set; }

    public string? Ip { get; private set; }

    public string? UserAgent { get; private set; }

    /// <summary>When it ends by itself if it is not used again.</summary>
    public DateTimeOffset EndsAt => LastSeenAt + IdleLimit < ExpiresAt ? LastSeenAt + IdleLimit : ExpiresAt;

    public static (Session Session, string Token) Open(UserId user, string method, Caller caller, DateTimeOffset at)
    {
        var token = OneTimeToken.New();
        var session = new Session
        {
            Id = SessionId.New(at),
            UserId = user,
            TokenHash = OneTimeToken.Digest(token),
            Method = method,
            CreatedAt = at,
            LastSeenAt = at,
            ExpiresAt = at + AbsoluteLimit,
            Ip = caller.Ip?.ToString(),
            UserAgent = caller.UserAgent,
        };
        return (session, token);
    }

    public bool IsAlive(DateTimeOffset at) => EndedAt is null && at < EndsAt;

    public void End(string reason, DateTimeOffset at) => (EndedAt, EndReason) = (at, reason);

    public SessionView View(SessionId? current) => new(Id, UserId, Method, CreatedAt, LastSeenAt, EndsAt, EndedAt, EndReason, Ip, UserAgent, Id == current);
}

/// <summary>Why a session ended.</summary>
internal static class EndReasons
{
    public const string SignedOut = "signed_out";
    public const string Everywhere = "signed_out_everywhere";
    public const string ByOperator = "ended_by_operator";
}
