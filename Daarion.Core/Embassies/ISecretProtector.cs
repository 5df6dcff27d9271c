namespace Daarion.Core.Embassies;

/// <summary>Encrypts secrets at rest. The host gives it (ASP.NET data protection); the database alone is not enough to sign as a platform.</summary>
public interface ISecretProtector
{
    /// <summary>The secret, encrypted.</summary>
    byte[] Protect(string secret);

    /// <summary>The secret again.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The keys that encrypted it are gone.</exception>
    string Unprotect(byte[] encrypted);
}
