namespace Daarion.Server.Observability.Health;

/// <summary>How the city stands, as <c>/health/ready</c> says it.</summary>
/// <param name="Status"><c>ready</c>, or <c>not_ready</c> when any check failed.</param>
/// <param name="Checks">Each dependency.</param>
internal sealed record ReadinessReport(string Status, IReadOnlyList<ReadinessResult> Checks)
{
    internal bool IsReady => Status == Ready;

    public const string Ready = "ready";

    public const string NotReady = "not_ready";
}

/// <summary>One dependency.</summary>
/// <param name="Name">Which.</param>
/// <param name="Status"><c>ok</c> or <c>failed</c>.</param>
/// <param name="Detail">How it is, in a few words without addresses or secrets.</param>
internal sealed record ReadinessResult(string Name, string Status, string Detail);

/// <summary>Runs the checks side by side, each within its time; what is asked often is answered from the last second's report.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCheck> checks, TimeProvider clock, ILogger<Readiness> log) : IDisposable
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim one = new(1, 1);
    private (long At, ReadinessReport Report)? last;

    public async Task<ReadinessReport> Report(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            if (last is not { } known || clock.GetElapsedTime(known.At) > KeepFor)
            {
                var results = await Task.WhenAll(checks.Select(check => Run(check, ct)));
                last = known = (clock.GetTimestamp(), new(results.All(result => result.Status == "ok") ? ReadinessReport.Ready : ReadinessReport.NotReady, results));
            }

            return known.Report;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private async Task<ReadinessResult> Run(IReadinessCheck check, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(CheckLimit);
        try
        {
            return new(check.Name, "ok", await Task.Run(() => check.Check(limit.Token), limit.Token).WaitAsync(limit.Token));
        }
        catch (NotReadyException e)
        {
            log.LogDebug(e, "{Check} is not ready", check.Name);
            return new(check.Name, "failed", e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(check.Name, "failed", $"It did not answer within {CheckLimit.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "The check of {Check} failed", check.Name);
            return new(check.Name, "failed", "It cannot be checked.");
        }
    }
}
