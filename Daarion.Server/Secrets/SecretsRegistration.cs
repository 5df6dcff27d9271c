using Daarion.Core.Embassies;
using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Wallets.Chain;
using Daarion.Server.Settings;

namespace Daarion.Server.Secrets;

/// <summary>What the embassy asks of its host: encryption at rest, and the address that platforms send to.</summary>
internal static class SecretsRegistration
{
    public static WebApplicationBuilder AddSecrets(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection();
        builder.Services.AddSingleton<ISecretProtector, SecretProtector>();
        builder.Services.AddSingleton(services => new ChainLink(services.GetRequiredService<CitySettings>().Chain));
        builder.Services.AddSingleton(services => new WebhookNetworks(services.GetRequiredService<CitySettings>().WebhookNetworks));
        builder.Services.AddSingleton(services => new EmbassyAddress(services.GetRequiredService<CitySettings>().PublicUrl));
        return builder;
    }
}
