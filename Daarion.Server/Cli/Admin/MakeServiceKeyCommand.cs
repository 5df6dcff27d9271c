using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Cli.Control;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli.Admin;

/// <summary>What the key shall be called and hold.</summary>
internal sealed record ServiceKeyArguments(string Name, IReadOnlyList<string> Capabilities);

/// <summary>The key and its secret, shown once.</summary>
internal sealed record ServiceKeyAnswer(string ClientId, string ClientSecret, Uri TokenUrl);

/// <summary>Makes a service key.</summary>
internal sealed class MakeServiceKeyCommand(IServiceKeyService keys, CitySettings settings) : CityCommand<ServiceKeyArguments, ServiceKeyAnswer>
{
    public const string CommandName = "service-key";

    protected override async Task<ServiceKeyAnswer> Run(ServiceKeyArguments arguments, CancellationToken ct)
    {
        var made = await keys.Create(
            Caller.ForService(ServiceName.Auth, "cli:admin-service-key"), new CreateServiceKey(arguments.Name, arguments.Capabilities), ct);
        return new ServiceKeyAnswer(made.ClientId.Value, made.ClientSecret, new Uri(settings.PublicUrl, "/connect/token"));
    }
}
