using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>A message to send now.</summary>
internal sealed record DueMessage(WebhookMessageId Id, WebhookId Subscription, Uri Url, string Body, IReadOnlyList<PlatformKey> Keys, int Attempts, DateTimeOffset ExpiresAt);

/// <summary>Takes messages whose time has come, and writes down what became of them.</summary>
internal sealed class DueMessages(EmbassyDbContext db, ISecretProtector protector, IUserService users, IMail mail, WebhookSubscriptions subscriptions)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string TakeSql = """
        with due as (
          select m.id from embassy.webhook_messages m join embassy.webhook_subscriptions s on s.id = m.subscription_id
          where m.state = 'waiting' and m.next_attempt_at <= $1 and (m.lease_until is null or m.lease_until < $1) and s.status = 'active'
          order by m.next_attempt_at limit $2 for update of m skip locked)
        update embassy.webhook_messages m set lease_until = $3
        from due, embassy.webhook_subscriptions s where m.id = due.id and s.id = m.subscription_id
        returning m.id, m.subscription_id, s.url, m.body, s.secret, case when s.rotates_at > $1 then s.previous_secret end, m.attempts, m.expires_at
        """;

    private const string SettleSql = """
        update embassy.webhook_messages m
        set state = o.state, attempts = m.attempts + 1, next_attempt_at = coalesce(o.next, m.next_attempt_at), lease_until = null,
            last_attempt_at = $7, last_status = o.status, last_error = o.error, duration_ms = o.took
        from unnest($1, $2, $3, $4, $5, $6) as o (id, state, next, status, error, took) where m.id = o.id and m.lease_until is not null
        """;

    /// <summary>Takes at most so many, each for a minute.</summary>
    public async Task<IReadOnlyList<DueMessage>> Take(int most, CancellationToken ct)
    {
        var taken = new List<DueMessage>();
        await using var command = await db.Command(TakeSql, ct);
        command.Parameters.AddTime(db.Now);
        command.Parameters.Add(new() { Value = most });
        command.Parameters.AddTime(db.Now + Lease);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            List<PlatformKey> keys = [Key(await reader.GetFieldValueAsync<byte[]>(4, ct))];
            if (!await reader.IsDBNullAsync(5, ct))
            {
                keys.Add(Key(await reader.GetFieldValueAsync<byte[]>(5, ct)));
            }

            taken.Add(new(
                WebhookMessageId.Parse(reader.GetString(0)),
                WebhookId.Parse(reader.GetString(1)),
                new Uri(reader.GetString(2)),
                reader.GetString(3),
                keys,
                reader.GetInt32(6),
                await reader.GetFieldValueAsync<DateTimeOffset>(7, ct)));
        }

        return taken;
    }

    /// <summary>Writes down what became of messages: taken, to be tried again, or given up. Where the day of one is over, or its address is gone, its subscription is disabled and its maker told.</summary>
    public async Task Settle(IReadOnlyList<(DueMessage Message, Attempt Attempt)> outcomes, CancellationToken ct)
    {
        var settled = outcomes.Select(one => (
            one.Message,
            one.Attempt,
            Next: one.Attempt.IsTaken || one.Attempt.IsGone ? null : WebhookRules.Next(one.Message.Attempts + 1, db.Now, one.Message.ExpiresAt, one.Attempt.RetryAfter))).ToArray();
        var ended = await db.Transact(
            async token =>
            {
                await using (var command = await db.Command(SettleSql, token))
                {
                    var parameters = command.Parameters;
                    parameters.AddTexts(Array.ConvertAll(settled, one => one.Message.Id.Value));
                    parameters.AddTexts(Array.ConvertAll(settled, one => Words.Of(one.Attempt.IsTaken ? WebhookMessageState.Delivered : one.Next is null ? WebhookMessageState.Failed : WebhookMessageState.Waiting)));
                    parameters.Add(new() { Value = Array.ConvertAll(settled, one => one.Next?.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
                    parameters.Add(new() { Value = Array.ConvertAll(settled, one => one.Attempt.Status), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
                    parameters.AddTexts(Array.ConvertAll(settled, one => one.Attempt.Error));
                    parameters.Add(new() { Value = Array.ConvertAll(settled, one => one.Attempt.DurationMs), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
                    parameters.AddTime(db.Now);
                    await QueryMeter.Measured(command.ExecuteNonQueryAsync(token));
                }

                var taken = settled.Where(one => one.Attempt.IsTaken).Select(one => one.Message.Subscription.Value).Distinct(StringComparer.Ordinal).ToArray();
                var refused = settled.Where(one => !one.Attempt.IsTaken).Select(one => one.Message.Subscription.Value).Distinct(StringComparer.Ordinal).Except(taken, StringComparer.Ordinal).ToArray();
                await db.Database.ExecuteSqlAsync($"update embassy.webhook_subscriptions set failing_since = null where id = any ({taken}) and failing_since is not null", token);
                await db.Database.ExecuteSqlAsync($"update embassy.webhook_subscriptions set failing_since = {db.Now} where id = any ({refused}) and failing_since is null", token);
                return await Disable([.. settled.Where(one => !one.Attempt.IsTaken && one.Next is null).Select(one => (one.Message.Subscription, one.Attempt.IsGone))], token);
            },
            ct);
        foreach (var (url, to, locale, reason) in ended)
        {
            mail.Post(new WebhookDisabledLetter(to, locale, url, reason));
        }
    }

    /// <summary>Forgets what was settled long ago.</summary>
    public Task<int> Tidy(CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"delete from embassy.webhook_messages where state <> 'waiting' and created_at < {db.Now - Kept}", ct);

    private async Task<List<(string Url, string To, string Locale, string Reason)>> Disable((WebhookId Id, bool IsGone)[] ended, CancellationToken ct)
    {
        var told = new List<(string Url, string To, string Locale, string Reason)>();
        foreach (var (id, isGone) in ended.DistinctBy(one => one.Id))
        {
            var row = await db.Subscriptions.SingleAsync(one => one.Id == id, ct);
            if (row.Status != WebhookStatus.Active)
            {
                continue;
            }

            var reason = isGone ? "gone" : "no_answer";
            row.Disable(reason, db.Now);
            db.Publish(new EmbassyWebhookDisabled(row.Id, row.TeamId, row.Platform, reason), row.Id.Value, row.TeamId);
            db.Audit("webhook.disabled", "webhook", row.Id.Value, row.TeamId, ("reason", reason));
            if (UserId.TryParse(row.CreatedBy, out var maker) && await MakerOf(maker, ct) is { } person)
            {
                told.Add((row.Url, person.Email, person.Locale, reason));
            }
        }

        await db.SaveChangesAsync(ct);
        subscriptions.Forget();
        return told;
    }

    private async Task<UserView?> MakerOf(UserId maker, CancellationToken ct)
    {
        try
        {
            return await users.Get(Caller.ForService(ServiceName.Embassies), new GetUser(maker), ct);
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    private PlatformKey Key(byte[] secret) => PlatformKey.Of(protector.Unprotect(secret));
}
