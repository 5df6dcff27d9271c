using Daarion.Core.Embassies;
using Daarion.Server.Cli.Control;

namespace Daarion.Server.Demo;

internal static class DemoRegistration
{
    /// <summary>Adds what fills the city with the demonstration, for the console and for the command.</summary>
    public static WebApplicationBuilder AddDemo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DemoRunner>();
        builder.Services.AddSingleton<IDemoRunner>(services => services.GetRequiredService<DemoRunner>());
        builder.Services.AddHostedService(services => services.GetRequiredService<DemoRunner>());
        builder.Services.AddKeyedSingleton<ICityCommand, BorrowDemoKeyCommand>(BorrowDemoKeyCommand.CommandName);
        builder.Services.AddKeyedSingleton<ICityCommand, ReturnDemoKeyCommand>(ReturnDemoKeyCommand.CommandName);
        return builder;
    }
}
