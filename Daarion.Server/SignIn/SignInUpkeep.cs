using Daarion.Core.Data;
using OpenIddict.Abstractions;

namespace Daarion.Server.SignIn;

/// <summary>Forgets what signing in no longer needs: used codes after a day, failures and ended sessions after 90 days, spent tokens after 14.</summary>
internal sealed class SignInUpkeep(CityDatabase database, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SignInUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan TokensKept = TimeSpan.FromDays(14);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Interval, clock);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Forget(clock.GetUtcNow(), stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Old sign-in records could not be removed");
            }
        }
    }

    private async Task Forget(DateTimeOffset now, CancellationToken ct)
    {
        await using (var command = database.Of("auth").CreateCommand(
            """
            with codes as (delete from auth.signin_codes where created_at < $1::timestamptz - interval '1 day'),
                 failures as (delete from auth.signin_failures where at < $1::timestamptz - interval '90 days'),
                 pauses as (delete from auth.signin_pauses where until < $1::timestamptz - interval '1 day')
            delete from auth.sessions where coalesce(ended_at, least(expires_at, last_seen_at + interval '72 hours')) < $1::timestamptz - interval '90 days'
            """))
        {
            command.Parameters.Add(new() { Value = now.UtcDateTime });
            await command.ExecuteNonQueryAsync(ct);
        }

        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(now - TokensKept, ct);
        await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(now - TokensKept, ct);
    }
}
