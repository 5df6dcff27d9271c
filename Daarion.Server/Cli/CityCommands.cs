using Daarion.Server.Cli.Admin;
using Daarion.Server.Cli.Control;
using Daarion.Server.Cli.Doctor;

namespace Daarion.Server.Cli;

/// <summary>The commands that work inside a city.</summary>
internal static class CityCommands
{
    public static IServiceCollection AddCityCommands(this IServiceCollection services) => services
        .AddKeyedSingleton<ICityCommand, MakeOperatorCommand>(MakeOperatorCommand.CommandName)
        .AddKeyedSingleton<ICityCommand, MakeServiceKeyCommand>(MakeServiceKeyCommand.CommandName)
        .AddKeyedSingleton<ICityCommand, InspectCommand>(InspectCommand.CommandName)
        .AddHostedService<ControlSocket>();
}
