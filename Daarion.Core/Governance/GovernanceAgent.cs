using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Governance;

/// <summary>
/// The city's governance: looks several times a second whether a vote is due to open or to close, or a policy to be applied. Every replica looks; a
/// step is taken once.
/// </summary>
internal sealed partial class GovernanceAgent(OperationRunner runner, CityDatabase database, TimeProvider clock, ILogger<GovernanceAgent> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private const string IsDueSql =
        """
        select exists (
          select from governance.governance_policies
          where status in ('draft', 'voting', 'approved')
            and (status = 'approved' or (status = 'draft' and opens_at <= $1) or (status = 'voting' and closes_at <= $1)))
        """;

    /// <summary>Takes every step that is due now.</summary>
    public async Task<int> Look(CancellationToken ct)
    {
        await using (var command = database.Of(ServiceName.Governance).CreateCommand(IsDueSql))
        {
            command.Parameters.AddTime(Timestamps.Truncate(clock.GetUtcNow()));
            if (await command.ExecuteScalarAsync(ct) is not true)
            {
                return 0;
            }
        }

        var caller = Caller.ForService(ServiceName.Governance);
        return await runner.Run(
            ServiceName.Governance,
            nameof(PolicyFinaliser.Advance),
            caller,
            OperationLimits.Consumer,
            async (services, token) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, GovernanceModule.Finalise, ResourceRef.City, token);
                var finaliser = services.GetRequiredService<PolicyFinaliser>();
                var due = await finaliser.Due(token);
                foreach (var id in due)
                {
                    await finaliser.Advance(id, token);
                }

                return due.Count;
            },
            ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var rest = Pace;
            try
            {
                await Look(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Waits(log, e.Message);
                rest = Rest;
            }

            await Task.Delay(rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Votes that are due wait: {Problem}")]
    private static partial void Waits(ILogger log, string problem);
}
