using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;
using Daarion.UI;

namespace Daarion.Server.SignIn;

/// <summary>What a city without operators needs: its first one, or the link by which the first one comes in.</summary>
internal static class FirstStart
{
    /// <summary>Prepares the city and answers what to print on the terminal; null where there is nothing to do.</summary>
    public static async Task<string?> Prepare(IServiceProvider services, CancellationToken ct)
    {
        var settings = services.GetRequiredService<CitySettings>();
        var prepared = await services.GetRequiredService<IOperatorService>()
            .PrepareSetup(Caller.ForService(ServiceName.Auth), new PrepareSetup(settings.AdminEmail), ct);
        return prepared switch
        {
            { SetupToken: { } token } => $"Set the city up (this link works once): {new Uri(settings.PublicUrl, $"{SignInAddresses.SetupPage}?token={token}")}",
            { Operator: { } first } => $"The first operator is {first.Email}: sign in at {new Uri(settings.PublicUrl, SignInAddresses.SignInPage)}",
            _ => null,
        };
    }
}
