using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Capabilities;

/// <summary>Hears on the streams what has changed on other replicas, and forgets or reads again what the PDP keeps of it.</summary>
internal sealed partial class FactWatch(IServiceProvider services, FactCache cache, RegistrySnapshots snapshots, TimeProvider clock, ILogger<FactWatch> log) : BackgroundService
{
    private static readonly LiveFilter Filter = new("team.", "auth.service_key.", "access_key.", "capability.", "bundle.", "governance.policy.");
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetService<ILiveEvents>() is not { } live)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var e in live.Subscribe(Filter, stoppingToken))
                {
                    await Hear(e, stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Deaf(log, e.Message);
            }

            await Task.Delay(Rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes one event in.</summary>
    internal async Task Hear(EventEnvelope e, CancellationToken ct)
    {
        switch (e.Domain)
        {
            case "team":
                HearOfTeam(e);
                break;
            case "auth" or "access_key":
                HearOfKey(e);
                break;
            default:
                await snapshots.Reload(ct);
                break;
        }
    }

    private void HearOfTeam(EventEnvelope e)
    {
        if (!TeamId.TryParse(Text(e, "team_id") ?? e.Meta.TeamId?.Value, out var team))
        {
            return;
        }

        // What is told of one member changes nobody else's standing; all the rest may be the team's own.
        if (UserId.TryParse(Text(e, "user_id"), out var user) && e.Type.StartsWith("team.member", StringComparison.Ordinal))
        {
            cache.ForgetMembership(team, user);
        }
        else
        {
            cache.ForgetTeam(team);
        }
    }

    private void HearOfKey(EventEnvelope e)
    {
        if ((Text(e, "client_id") ?? Text(e, "key_id")) is { } key)
        {
            cache.ForgetKey(key);
        }
        else
        {
            cache.ForgetKeys();
        }
    }

    private static string? Text(EventEnvelope e, string name) =>
        e.Payload.ValueKind == JsonValueKind.Object && e.Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes on other replicas are not heard at the moment; facts are at most 5 s old: {Problem}")]
    private static partial void Deaf(ILogger log, string problem);
}
