using System.Collections.Concurrent;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>Uses of keys that wait to be written down: the last one of each key.</summary>
internal sealed class KeyUses
{
    private readonly ConcurrentDictionary<AccessKeyId, NoteAccessKeyUse> waiting = new();
    private readonly ConcurrentDictionary<AccessKeyId, DateTimeOffset> noted = new();

    /// <summary>Takes a use in. Never waits.</summary>
    public void Note(AccessKeyId key, string? ip, DateTimeOffset at) => waiting[key] = new(key, at, ip);

    /// <summary>Uses of keys of which none was written down in the last minute.</summary>
    public IReadOnlyList<NoteAccessKeyUse> Due(DateTimeOffset now)
    {
        foreach (var (key, at) in noted.Where(one => now - one.Value >= AccessKey.UseEvery).ToList())
        {
            noted.TryRemove(KeyValuePair.Create(key, at));
        }

        return [.. waiting.Values.Where(use => !noted.ContainsKey(use.Id))];
    }

    /// <summary>A use was written down, here or, within the same minute, on another replica.</summary>
    public void Written(NoteAccessKeyUse use)
    {
        noted[use.Id] = use.At;
        waiting.TryRemove(KeyValuePair.Create(use.Id, use));
    }
}

/// <summary>Writes uses down behind: what a request came with never waits for it.</summary>
internal sealed partial class KeyUseWriter(KeyUses uses, IAccessKeyService keys, TimeProvider clock, ILogger<KeyUseWriter> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var use in uses.Due(clock.GetUtcNow()))
                {
                    await keys.NoteUse(Caller.ForService(ServiceName.Capabilities), use, stoppingToken);
                    uses.Written(use);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                NotWritten(log, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "When keys were last used could not be written down and will be tried again: {Problem}")]
    private static partial void NotWritten(ILogger log, string problem);
}
