using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Daarion.Server.SignIn;

/// <summary>ASP.NET's own keys (they protect what circuits and forms carry), beside the others and as private.</summary>
internal sealed class PrivateXmlRepository(DirectoryInfo folder, ILoggerFactory logs) : FileSystemXmlRepository(folder, logs)
{
    public override void StoreElement(XElement element, string friendlyName) => PrivateFile.Write(Directory, $"{friendlyName}.xml", element.ToString());
}
