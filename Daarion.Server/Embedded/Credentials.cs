using System.Security.Cryptography;
using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Server.Embedded;

/// <summary>The random passwords of the embedded servers, kept in the data folder for its owner alone.</summary>
/// <param name="Postgres">Of the role <c>daarion</c>.</param>
/// <param name="Nats">Of the user <c>daarion</c>.</param>
internal sealed record Credentials(string Postgres, string Nats)
{
    /// <summary>The user of both.</summary>
    public const string User = "daarion";

    /// <summary>Reads them; makes them in a new folder.</summary>
    public static Credentials Of(DataFolder folder)
    {
        var file = Path.Combine(folder.Path, "credentials.json");
        if (File.Exists(file) && JsonSerializer.Deserialize<Credentials>(File.ReadAllText(file), CityJson.Options) is { } known)
        {
            return known;
        }

        var made = new Credentials(Random(), Random());
        PrivateFile.Write(file, JsonSerializer.Serialize(made, CityJson.Options));
        return made;
    }

    /// <summary>Says nothing.</summary>
    public override string ToString() => nameof(Credentials);

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}

/// <summary>Files that their owner alone reads.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file as a whole or not at all.</summary>
    public static void Write(string path, string text, UnprivilegedUser? owner = null)
    {
        var draft = path + ".draft";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        if (owner is not null)
        {
            Native.Give(draft, owner);
        }

        File.Move(draft, path, overwrite: true);
    }
}
