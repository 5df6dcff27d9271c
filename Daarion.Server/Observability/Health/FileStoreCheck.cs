using System.Globalization;
using Daarion.Server.Settings;

namespace Daarion.Server.Observability.Health;

/// <summary>Files can be written to the data folder.</summary>
internal sealed class FileStoreCheck(CitySettings settings) : IReadinessCheck
{
    private const long MinFreeBytes = 64L * 1024 * 1024;

    public string Name => "file_store";

    public async Task<string> Check(CancellationToken ct)
    {
        try
        {
            var path = Path.Combine(settings.DataFolder, $".probe-{Guid.NewGuid():N}");
            await using (var probe = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose | FileOptions.Asynchronous))
            {
                await probe.WriteAsync(new byte[] { 1 }, ct);
            }

            var free = new DriveInfo(settings.DataFolder).AvailableFreeSpace;
            return free >= MinFreeBytes
                ? string.Create(CultureInfo.InvariantCulture, $"{free / 1_000_000_000.0:0.0} GB free")
                : throw new NotReadyException("The disk is full.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotReadyException("The data folder cannot be written.", e);
        }
    }
}
