using System.Text;
using Daarion.Core.Embassies;
using Microsoft.AspNetCore.DataProtection;

namespace Daarion.Server.Secrets;

/// <summary>Encrypts platforms' secrets with the city's data protection keys, which lie beside the database and not in it.</summary>
internal sealed class SecretProtector(IDataProtectionProvider provider) : ISecretProtector
{
    private readonly IDataProtector protector = provider.CreateProtector("Daarion.Embassy.PlatformSecret");

    public byte[] Protect(string secret) => protector.Protect(Encoding.UTF8.GetBytes(secret));

    public string Unprotect(byte[] encrypted) => Encoding.UTF8.GetString(protector.Unprotect(encrypted));
}
