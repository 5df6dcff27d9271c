using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Daarion.Server.SignIn;

/// <summary>Brings a new signing key into use when the time has come, without a restart: the server's options are built anew.</summary>
internal sealed class SigningKeyRotation(KeyRing keys, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private CancellationTokenSource changed = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Interval, clock);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            if (keys.Newest is { } newest && clock.GetUtcNow() - newest >= KeyRing.SigningPeriod)
            {
                using var old = Interlocked.Exchange(ref changed, new CancellationTokenSource());
                await old.CancelAsync();
            }
        }
    }

    /// <summary>Tells the options that they are out of date.</summary>
    internal sealed class Source<TOptions>(SigningKeyRotation rotation) : IOptionsChangeTokenSource<TOptions>
    {
        public string? Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(rotation.changed.Token);
    }
}
