using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>A code and its link, as they were mailed; or a link alone, as the command line gives it. Either is used once.</summary>
internal sealed class SignInCode
{
    /// <summary>How long both are good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Wrong codes that one code takes.</summary>
    public const int MaxAttempts = 5;

    private SignInCode()
    {
    }

    public long Id { get; private set; }

    public string Email { get; private set; } = string.Empty;

    public byte[]? CodeHash { get; private set; }

    public byte[] LinkTokenHash { get; private set; } = [];

    public byte[]? BrowserHash { get; private set; }

    public bool Direct { get; private set; }

    public bool Deliverable { get; private set; }

    public string? ReturnPath { get; private set; }

    public string? Ip { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public int Attempts { get; private set; }

    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>A code with its link for a letter. For an address that may not sign in it is the same, but can never be used.</summary>
    public static (SignInCode Row, string Code, string LinkToken) ForLetter(EmailAddress email, bool deliverable, RequestCode request, Caller caller, DateTimeOffset at)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var link = OneTimeToken.New();
        var row = New(email, link, at);
        row.CodeHash = DigestOf(code, row.LinkTokenHash);
        row.BrowserHash = request.Browser is { } browser ? OneTimeToken.Digest(browser) : null;
        row.Deliverable = deliverable;
        row.ReturnPath = request.ReturnPath;
        row.Ip = AddressBlock.Of(caller.Ip);
        return (row, code, link);
    }

    /// <summary>A link that signs in at once.</summary>
    public static (SignInCode Row, string LinkToken) ForTerminal(EmailAddress email, DateTimeOffset at)
    {
        var link = OneTimeToken.New();
        var row = New(email, link, at);
        (row.Direct, row.Deliverable) = (true, true);
        return (row, link);
    }

    public bool IsGood(DateTimeOffset at) => Deliverable && UsedAt is null && at < ExpiresAt;

    public bool MustConfirm(string? browser) => !Direct && (BrowserHash is null || browser is null || !CryptographicOperations.FixedTimeEquals(BrowserHash, OneTimeToken.Digest(browser)));

    /// <summary>Tries a code: null when it is right (and now used), else why not.</summary>
    public string? Try(string code, DateTimeOffset at)
    {
        var right = CodeHash is not null && CryptographicOperations.FixedTimeEquals(CodeHash, DigestOf(code, LinkTokenHash));
        if (UsedAt is not null)
            return FailureReasons.Used;
        if (at >= ExpiresAt)
            return FailureReasons.Expired;
        if (Attempts >= MaxAttempts)
            return FailureReasons.TooManyAttempts;

        Attempts++;
        if (!right || !Deliverable)
            return FailureReasons.WrongCode;
        UsedAt = at;
        return null;
    }

    private static SignInCode New(EmailAddress email, string link, DateTimeOffset at) =>
        new() { Email = email.Value, LinkTokenHash = OneTimeToken.Digest(link), CreatedAt = at, ExpiresAt = at + Lifetime };

    // A million codes are soon tried by who reads the digest; bound to the link's own digest they must at least be tried one row at a time.
    private static byte[] DigestOf(string code, byte[] salt) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(code.Length <= 16 ? code : string.Empty));
}

/// <summary>Why a sign-in failed.</summary>
internal static class FailureReasons
{
    public const string WrongCode = "wrong_code";
    public const string Expired = "expired";
    public const string Used = "used";
    public const string TooManyAttempts = "too_many_attempts";
    public const string Paused = "paused";
}

/// <summary>A failed sign-in, counted for its address.</summary>
internal sealed class SignInFailure
{
    public long Id { get; init; }

    public required string Email { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? Ip { get; init; }
}

/// <summary>Codes for an address wait until then.</summary>
internal sealed class SignInPause
{
    public required string Email { get; init; }

    public required DateTimeOffset Until { get; set; }
}
