using System.Security.Cryptography;
using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>The one row of the city's sign-in settings, with the token of the first start.</summary>
internal sealed class CitySignIn
{
    private CitySignIn()
    {
    }

    public bool Id { get; private set; }

    public bool OpenSignup { get; set; }

    public byte[]? SetupTokenHash { get; private set; }

    public DateTimeOffset? SetupDoneAt { get; private set; }

    /// <summary>A fresh token; the one before is no longer good.</summary>
    public string AwaitSetup()
    {
        var token = OneTimeToken.New();
        SetupTokenHash = OneTimeToken.Digest(token);
        return token;
    }

    public bool IsSetupToken(string? token) => SetupDoneAt is null && SetupTokenHash is { } hash && CryptographicOperations.FixedTimeEquals(hash, OneTimeToken.Digest(token));

    public void SetupDone(DateTimeOffset at) => (SetupTokenHash, SetupDoneAt) = (null, SetupDoneAt ?? at);
}
