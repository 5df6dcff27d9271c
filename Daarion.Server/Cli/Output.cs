using System.CommandLine;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli;

/// <summary>What a command prints: sentences for people, or with <c>--json</c> one document for programs.</summary>
internal static class Output
{
    /// <summary>Prints an answer.</summary>
    public static int Print<TAnswer>(ParseResult parsed, TAnswer answer, string text)
    {
        Console.Out.WriteLine(parsed.GetValue(SettingOptions.Json) ? JsonSerializer.Serialize(answer, CityJson.Options) : text);
        return ExitCode.Ok;
    }
}
