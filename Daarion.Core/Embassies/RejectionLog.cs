using System.Threading.Channels;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NpgsqlTypes;

namespace Daarion.Core.Embassies;

/// <summary>A delivery that was refused.</summary>
internal sealed record Rejection(
    string Platform, string Domain, SignatureState Signature, string Reason, string Detail, string? WebhookId, string? TraceId, byte[]? Body)
{
    private const int MaxName = 64;

    /// <summary>An unsigned one is kept without its body: anybody could have sent it.</summary>
    public static Rejection Unsigned(SignedDelivery delivery, SignatureState state, string? traceId) => new(
        Printable(delivery.Platform!), delivery.Domain, state, "unauthenticated", "The signature was not accepted.", null, traceId, null);

    public static Rejection Signed(string platform, VerifiedDelivery delivery, CityException refusal, string? traceId) => new(
        platform,
        delivery.Domain,
        delivery.Signature,
        refusal.Reason ?? Words.Of(refusal.Code),
        Printable(refusal.Message, 400),
        delivery.WebhookId,
        traceId,
        refusal.Code == ErrorCode.RateLimited ? null : delivery.Body.ToArray());

    private static string Printable(string text, int length = MaxName) =>
        string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(length));
}

/// <summary>
/// Keeps refusals for the console, beside the requests and not in them: a refusal takes no longer because it is kept. What anybody can cause
/// (unsigned ones, ones over the rate) is kept up to a limit each second, so that nobody can fill the log from outside.
/// </summary>
internal sealed class RejectionLog : IAsyncDisposable
{
    private const int Waiting = 2048;
    private const int BatchSize = 200;
    private const int CheapPerSecond = 20;

    private const string Sql = """
        insert into embassy.embassy_events (id, platform, domain, signature_state, outcome, reason, detail, received_at, webhook_id, trace_id, body)
        select r.id, r.platform, r.domain, r.signature, 'rejected', r.reason, r.detail, $7, r.webhook, r.trace, r.body
        from unnest($1, $2, $3, $4, $5, $6, $8, $9, $10) as r (id, platform, domain, signature, reason, detail, webhook, trace, body)
        """;

    private readonly Channel<Rejection> waiting = Channel.CreateBounded<Rejection>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly OperationRunner runner;
    private readonly TimeProvider clock;
    private readonly ILogger<RejectionLog> log;
    private readonly Task loop;
    private readonly Lock gate = new();
    private long second;
    private int cheapThisSecond;

    public RejectionLog(OperationRunner runner, TimeProvider clock, ILogger<RejectionLog> log)
    {
        (this.runner, this.clock, this.log) = (runner, clock, log);
        using (ExecutionContext.SuppressFlow())
        {
            loop = Task.Run(Keep);
        }
    }

    public void Note(Rejection rejection)
    {
        var cheap = rejection.Body is null;
        if (!cheap || HasRoom())
        {
            waiting.Writer.TryWrite(rejection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
    }

    private bool HasRoom()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            cheapThisSecond = now == second ? cheapThisSecond + 1 : 1;
            second = now;
            return cheapThisSecond <= CheapPerSecond;
        }
    }

    private async Task Keep()
    {
        var batch = new List<Rejection>(BatchSize);
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && waiting.Reader.TryRead(out var rejection))
            {
                batch.Add(rejection);
            }

            try
            {
                var caller = Caller.ForService(ServiceName.Embassies);
                await runner.Run(
                    ServiceName.Embassies, "KeepRejections", caller, OperationLimits.Consumer, (services, ct) => Write(services, caller, batch, ct), CancellationToken.None);
            }
            catch (Exception e)
            {
                log.LogWarning(e, "{Count} refused deliveries could not be written to the delivery log", batch.Count);
            }

            batch.Clear();
        }
    }

    private static async Task<int> Write(IServiceProvider services, Caller caller, List<Rejection> batch, CancellationToken ct)
    {
        await services.GetRequiredService<IAccess>().Require(caller, EmbassyModule.Record, null, ct);
        var db = services.GetRequiredService<EmbassyDbContext>();
        var platforms = services.GetRequiredService<PlatformDirectory>();
        return await db.Transact(
            async token =>
            {
                var ids = batch.Select(_ => EmbassyId.New(db.Now)).ToArray();
                await using var command = await db.Command(Sql, token);
                command.Parameters.Add(Texts(ids.Select(id => id.Value)));
                command.Parameters.Add(Texts(batch.Select(r => r.Platform)));
                command.Parameters.Add(Texts(batch.Select(r => r.Domain)));
                command.Parameters.Add(Texts(batch.Select(r => Words.Of(r.Signature))));
                command.Parameters.Add(Texts(batch.Select(r => r.Reason)));
                command.Parameters.Add(Texts(batch.Select(r => r.Detail)));
                command.Parameters.Add(new() { Value = db.Now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
                command.Parameters.Add(Texts(batch.Select(r => r.WebhookId)));
                command.Parameters.Add(Texts(batch.Select(r => r.TraceId)));
                command.Parameters.Add(new() { Value = batch.Select(r => r.Body).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
                var written = await QueryMeter.Measured(command.ExecuteNonQueryAsync(token));
                for (var i = 0; i < batch.Count; i++)
                {
                    if (await platforms.Find(batch[i].Platform, token) is not null)
                    {
                        db.Publish(new EmbassyEventRejected(ids[i], batch[i].Platform, batch[i].Domain, batch[i].Reason), batch[i].Platform);
                    }
                }

                return written;
            },
            ct);
    }

    private static Npgsql.NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
