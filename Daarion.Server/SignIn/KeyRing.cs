using System.Globalization;
using System.Security.Cryptography;
using Daarion.Server.Settings;
using Microsoft.IdentityModel.Tokens;

namespace Daarion.Server.SignIn;

/// <summary>
/// The city's own keys, as files that only its user reads (0600): one key that encrypts codes and refresh tokens, and keys that sign tokens. A new
/// signing key comes every 90 days. It is published before it signs, so that every process and every reader of the keys knows it by then; the ones
/// before stay until nothing signed by them can still be good.
/// </summary>
internal sealed class KeyRing(CitySettings settings, TimeProvider clock)
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan SigningPeriod = TimeSpan.FromDays(90);

    /// <summary>How long it is published after that: longer than any token it signed.</summary>
    public static readonly TimeSpan RetiringPeriod = TimeSpan.FromDays(30);

    /// <summary>How long a new key is only published.</summary>
    public static readonly TimeSpan IntroductionPeriod = TimeSpan.FromHours(2);

    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock files = new();

    /// <summary>Where the keys are.</summary>
    public DirectoryInfo Folder { get; } = new(settings.KeysFolder ?? Path.Combine(settings.DataFolder, "keys"));

    /// <summary>Says which keys there are and which of them signs, without reading them: it changes when either does, or when a new one is due.</summary>
    public string State()
    {
        var now = clock.GetUtcNow();
        var known = InOrder(Existing(), now);
        var isDue = known.Count == 0 || now - known.Max(key => key.MadeAt) >= SigningPeriod;
        return string.Join(' ', known.Select(key => Path.GetFileName(key.Path)).Append(isDue ? "due" : "current"));
    }

    /// <summary>Signing keys, the one that signs first. Makes one where there is none that is young enough, and removes what has retired.</summary>
    public IReadOnlyList<RsaSecurityKey> SigningKeys()
    {
        lock (files)
        {
            var now = clock.GetUtcNow();
            var known = Existing();
            if (known.Count == 0 || now - known[0].MadeAt >= SigningPeriod)
            {
                using var fresh = RSA.Create(2048);
                Write($"signing-{now.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}.pem", fresh.ExportPkcs8PrivateKeyPem());
                known = Existing();
            }

            foreach (var retired in known.Skip(1).Where(key => now - key.MadeAt >= SigningPeriod + RetiringPeriod))
            {
                File.Delete(retired.Path);
            }

            return [.. InOrder(known, now).Where(key => File.Exists(key.Path)).Select(Read)];
        }
    }

    /// <summary>The key that encrypts codes and refresh tokens.</summary>
    public SymmetricSecurityKey EncryptionKey()
    {
        lock (files)
        {
            var path = Path.Combine(Folder.FullName, "encryption.key");
            if (!File.Exists(path))
            {
                // Of several processes that begin at once the first gives the key.
                PrivateFile.WriteFirst(Folder, "encryption.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            }

            return new SymmetricSecurityKey(Convert.FromBase64String(File.ReadAllText(path).Trim()));
        }
    }

    // The newest that was introduced signs; where there is no other, the first of all does at once.
    private static List<(string Path, DateTimeOffset MadeAt)> InOrder(List<(string Path, DateTimeOffset MadeAt)> newestFirst, DateTimeOffset now) =>
        [.. newestFirst.OrderBy(key => now - key.MadeAt < IntroductionPeriod)];

    private static RsaSecurityKey Read((string Path, DateTimeOffset MadeAt) file)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(file.Path));
        var key = new RsaSecurityKey(rsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }

    private List<(string Path, DateTimeOffset MadeAt)> Existing()
    {
        if (!Folder.Exists)
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(Folder.FullName, "signing-*.pem")
            .Select(path => (Path: path, Made: DateTimeOffset.TryParseExact(
                Path.GetFileNameWithoutExtension(path)["signing-".Length..], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.UnixEpoch))
            .OrderByDescending(key => key.Made)];
    }

    private void Write(string name, string text) => PrivateFile.Write(Folder, name, text, OwnerReadsAndWrites);
}

/// <summary>Files that only the city's user reads.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file whole or not at all.</summary>
    public static void Write(DirectoryInfo folder, string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) =>
        File.Move(Prepare(folder, name, text, mode), Path.Combine(folder.FullName, name), overwrite: true);

    /// <summary>Writes a file unless somebody was first; then theirs stays.</summary>
    public static void WriteFirst(DirectoryInfo folder, string name, string text)
    {
        var (unfinished, path) = (Prepare(folder, name, text, UnixFileMode.UserRead | UnixFileMode.UserWrite), Path.Combine(folder.FullName, name));
        try
        {
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }
    }

    private static string Prepare(DirectoryInfo folder, string name, string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder.Refresh();
        var unfinished = $"{Path.Combine(folder.FullName, name)}.{Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)}.new";
        using (var file = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode }))
        using (var writer = new StreamWriter(file))
        {
            writer.Write(text);
        }

        return unfinished;
    }
}
