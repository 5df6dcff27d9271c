using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Daarion.Server.SignIn;

/// <summary>
/// Brings signing keys into use without a restart, one that is due and one that another process of the city has made: the server's options are built anew.
/// </summary>
internal sealed class SigningKeyRotation(KeyRing keys, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private CancellationTokenSource changed = new();
    private string? seen;

    /// <summary>Looks whether the keys are still those that were seen last.</summary>
    public async Task Look()
    {
        var state = keys.State();
        if (string.Equals(Interlocked.Exchange(ref seen, state), state, StringComparison.Ordinal))
        {
            return;
        }

        using var old = Interlocked.Exchange(ref changed, new CancellationTokenSource());
        await old.CancelAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Interval, clock);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            await Look();
        }
    }

    /// <summary>Tells the options that they are out of date.</summary>
    internal sealed class Source<TOptions>(SigningKeyRotation rotation) : IOptionsChangeTokenSource<TOptions>
    {
        public string? Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(rotation.changed.Token);
    }
}
