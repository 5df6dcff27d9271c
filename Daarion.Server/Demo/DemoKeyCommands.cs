using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Server.Cli.Control;

namespace Daarion.Server.Demo;

/// <summary>Nothing has to be said.</summary>
internal sealed record DemoKeyArguments;

/// <summary>The key and its secret.</summary>
internal sealed record DemoKey(string ClientId, string ClientSecret);

/// <summary>Gives the demonstration at a terminal its key, once nobody else fills the city or sends for its meter.</summary>
internal sealed class BorrowDemoKeyCommand(IServiceKeyService keys, IDemoRunner runner, CityDatabase database, TimeProvider clock) : CityCommand<DemoKeyArguments, DemoKey>
{
    public const string CommandName = "demo-key";

    protected override async Task<DemoKey> Run(DemoKeyArguments arguments, CancellationToken ct)
    {
        if (runner.Now.Activity == DemoActivity.Filling)
        {
            throw CityException.Conflict("The city is being filled from the console now; its overview shows how far it is.");
        }

        await using var place = await FillingPlace.Take(database, ct);
        await runner.StopMeter(ct);
        var key = await keys.Create(
            Caller.ForService(ServiceName.Auth, "cli:demo"), new CreateServiceKey(DemoAccess.KeyName, DemoAccess.Capabilities, clock.GetUtcNow() + DemoAccess.KeyLife), ct);
        return new DemoKey(key.ClientId.Value, key.ClientSecret);
    }
}

/// <summary>Which key is given back.</summary>
internal sealed record DemoKeyReturned(string ClientId);

/// <summary>Takes the key back when the filling is over.</summary>
internal sealed class ReturnDemoKeyCommand(IServiceKeyService keys) : CityCommand<DemoKeyReturned, DemoKeyReturned>
{
    public const string CommandName = "demo-key-return";

    protected override async Task<DemoKeyReturned> Run(DemoKeyReturned arguments, CancellationToken ct)
    {
        await keys.Revoke(Caller.ForService(ServiceName.Auth, "cli:demo"), new RevokeServiceKey(AccessKeyId.Parse(arguments.ClientId)), ct);
        return arguments;
    }
}
