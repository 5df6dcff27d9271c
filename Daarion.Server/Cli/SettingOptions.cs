using System.CommandLine;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli;

/// <summary>Every setting as an option of every command: <c>DAARION_PUBLIC_URL</c> is <c>--public-url</c>.</summary>
internal static class SettingOptions
{
    /// <summary>For commands that print data.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print data as JSON.", Recursive = true };

    private static readonly (string Name, Option<string?> Option)[] All =
    [
        Setting("DATA", "The folder of everything that must survive."),
        Setting("KEYS", "The folder of the city's own keys, where several processes share them."),
        Setting("PUBLIC_URL", "The address people use."),
        Setting("LISTEN", "Where the public listener binds, host:port."),
        Setting("INTERNAL_LISTEN", "Where the internal listener binds, host:port."),
        Setting("POSTGRES", "Connection string of an outside PostgreSQL."),
        Setting("NATS", "Address of an outside NATS."),
        Setting("NATS_REPLICAS", "Replicas of each stream."),
        Setting("SMTP", "Where mail goes, smtp://user:secret@host:port."),
        Setting("ADMIN_EMAIL", "The first operator's address."),
        Setting("UNAUTHENTICATED_PER_MINUTE", "Requests a minute that one address may make without proving who it is."),
        Setting("REQUESTS_PER_SECOND", "Requests a second that the server takes in all."),
        Setting("CORS_ORIGINS", "Other sites whose pages may call the public API, with commas between them."),
        Setting("TRUSTED_PROXIES", "Networks of reverse proxies whose forwarded addresses are believed, with commas between them."),
        Setting("LOG_FORMAT", "text or json."),
    ];

    /// <summary>Adds the options to the root command and all below it.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Add(Json);
        foreach (var (_, option) in All)
        {
            root.Add(option);
        }
    }

    /// <summary>The settings that a command runs with.</summary>
    /// <exception cref="SettingException">One of them has a wrong value.</exception>
    public static CitySettings Settings(ParseResult parsed) => SettingsReader.Read(
        SettingSources.OfThisProcess(All.ToDictionary(setting => setting.Name, setting => parsed.GetValue(setting.Option), StringComparer.Ordinal)));

    private static (string, Option<string?>) Setting(string name, string description) => (
        name,
        new Option<string?>("--" + name.Replace('_', '-').ToLowerInvariant())
        {
            Description = $"{description} (DAARION_{name})",
            HelpName = "value",
            Recursive = true,
        });
}
