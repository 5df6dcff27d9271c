using System.Collections;

namespace Daarion.Server.Settings;

/// <summary>Where settings come from, the strongest last: <c>appsettings.json</c> (section <c>Daarion</c>), the environment (<c>DAARION_X</c>), the command line.</summary>
internal static class SettingSources
{
    private const string Prefix = "DAARION_";
    private const string Section = "Daarion:";

    /// <summary>The standard variable of OpenTelemetry, the one that has no prefix of ours.</summary>
    public const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Reads all sources of this process.</summary>
    /// <param name="commandLine">What the command line says, by the name without prefix: <c>PUBLIC_URL</c>.</param>
    public static IConfiguration OfThisProcess(IReadOnlyDictionary<string, string?> commandLine) => Of(
        [Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Path.Combine(Environment.CurrentDirectory, "appsettings.json")],
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value, StringComparer.Ordinal),
        commandLine);

    /// <summary>Reads the sources given. The section takes both spellings: <c>PUBLIC_URL</c> and <c>PublicUrl</c>.</summary>
    public static IConfiguration Of(
        IEnumerable<string> files, IReadOnlyDictionary<string, string?> environment, IReadOnlyDictionary<string, string?> commandLine)
    {
        var file = new ConfigurationBuilder();
        foreach (var path in files.Distinct(StringComparer.Ordinal))
        {
            file.AddJsonFile(path, optional: true, reloadOnChange: false);
        }

        return new ConfigurationBuilder()
            .AddInMemoryCollection(Read(file).AsEnumerable()
                .Where(pair => pair.Key.StartsWith(Section, StringComparison.OrdinalIgnoreCase) || pair.Key.Equals(Otlp, StringComparison.OrdinalIgnoreCase))
                .Select(pair => KeyValuePair.Create(pair.Key.Equals(Otlp, StringComparison.OrdinalIgnoreCase) ? Otlp : Key(pair.Key[Section.Length..]), pair.Value)))
            .AddInMemoryCollection(environment
                .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal) || string.Equals(pair.Key, Otlp, StringComparison.Ordinal))
                .Select(pair => KeyValuePair.Create(string.Equals(pair.Key, Otlp, StringComparison.Ordinal) ? Otlp : Key(pair.Key[Prefix.Length..]), pair.Value)))
            .AddInMemoryCollection(commandLine.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(Key(pair.Key), pair.Value)))
            .Build();
    }

    /// <summary>The configuration's key of a setting: the letters alone, so that both spellings meet.</summary>
    public static string Key(string name) => Section + name.Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant();

    private static IConfiguration Read(ConfigurationBuilder files)
    {
        try
        {
            return files.Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new StartException(ExitCode.Config, $"appsettings.json cannot be read: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
