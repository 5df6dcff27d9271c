using System.Globalization;
using System.Text;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Embassies;

/// <content>The delivery log, replay, test readings, snippets.</content>
internal sealed partial class EmbassyService
{
    public async Task<Page<Delivery>> ListDeliveries(Caller caller, DeliveryQuery request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Read, null, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var before]
            ? db.Deliveries.FromSql($"select * from embassy.embassy_events where id < {before}").AsNoTracking()
            : db.Deliveries.AsNoTracking();
        rows = request.Platform is { } platform ? rows.Where(d => d.Platform == platform) : rows;
        rows = request.SiteId is { } site
            ? rows.Where(d => d.SiteId == site || db.Readings.Any(r => r.Platform == d.Platform && r.SiteId == site && r.DeliveryId == d.Id))
            : rows;
        rows = request.Outcome is { } outcome ? rows.Where(d => d.Outcome == outcome) : rows;
        rows = request.SignatureState is { } state ? rows.Where(d => d.SignatureState == state) : rows;
        rows = request.From is { } from ? rows.Where(d => d.ReceivedAt >= from) : rows;
        rows = request.To is { } to ? rows.Where(d => d.ReceivedAt < to) : rows;

        var found = await rows.OrderByDescending(d => d.Id).Take(page.Limit + 1).Select(Line).ToListAsync(ct);
        return Page<Delivery>.From(found, page, d => [d.Id.Value]);
    }

    public async Task<DeliveryDetail> GetDelivery(Caller caller, DeliveryRef request, CancellationToken ct)
    {
        var whole = await access.Ask(caller, EmbassyModule.Read, null, ct);
        var id = await DeliveryOf(request.Id, ct);
        var detail = await ReadDelivery(id, ct);
        return whole.Allow && detail is not null ? detail : await PartOf(caller, detail, ct);
    }

    private async Task<DeliveryDetail?> ReadDelivery(EmbassyId id, CancellationToken ct)
    {
        if (await db.Deliveries.AsNoTracking().Where(d => d.Id == id).Select(Line).SingleOrDefaultAsync(ct) is not { } line)
        {
            return null;
        }

        var kept = await db.Deliveries.AsNoTracking().Where(d => d.Id == id).Select(d => new { d.Body, d.WebhookId }).SingleAsync(ct);
        var rows = await db.Readings
            .FromSql($"select * from embassy.embassy_readings where id between {id.Value} and {ReadingIds.Plus(id, DeliveryBody.MaxReadings).Value} and delivery_id = {id.Value}")
            .AsNoTracking()
            .OrderBy(r => r.Id)
            .ToListAsync(ct);
        var brought = rows.Select(r => r.SiteId).Distinct(StringComparer.Ordinal).ToList();
        var owners = await db.Identities.AsNoTracking().Where(i => i.Platform == line.Platform && brought.Contains(i.ExternalId)).ToDictionaryAsync(i => i.ExternalId, i => i.TeamId, StringComparer.Ordinal, ct);
        return new(
            line,
            kept.Body is null ? null : Encoding.UTF8.GetString(kept.Body),
            kept.WebhookId,
            rows.ConvertAll(r => new AcceptedReading(r.Id, r.Position, r.SiteId, owners.GetValueOrDefault(r.SiteId), r.Value, r.Unit, r.Ts, r.ReadingId, r.Held)));
    }

    // A delivery may bring readings for several teams. Whoever sees only some of them gets those, and the body only where all of it is theirs.
    private async Task<DeliveryDetail> PartOf(Caller caller, DeliveryDetail? detail, CancellationToken ct)
    {
        var seen = new HashSet<TeamId>();
        foreach (var team in detail?.Readings.Select(reading => reading.TeamId).OfType<TeamId>().Distinct() ?? [])
        {
            if ((await access.Ask(caller, EmbassyModule.ReadOwn, ResourceRef.Team(team), ct)).Allow)
            {
                seen.Add(team);
            }
        }

        if (detail is null || seen.Count == 0)
        {
            await access.Require(caller, EmbassyModule.Read, null, ct);
            throw CityException.NotFound("delivery");
        }

        var theirs = detail.Readings.Where(reading => reading.TeamId is { } team && seen.Contains(team)).ToList();
        return theirs.Count == detail.Delivery.Readings ? detail : detail with { Body = null, WebhookId = null, Readings = theirs };
    }

    public async Task<DeliveryReceipt> ReplayDelivery(Caller caller, DeliveryRef request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var id = await DeliveryOf(request.Id, ct);
        var kept = await db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw CityException.NotFound("delivery");
        if (kept.Body is null || kept.SignatureState is not (SignatureState.Valid or SignatureState.ValidPrevious))
        {
            throw CityException.Conflict("Nothing was kept of this delivery that could be replayed: it was not signed, or it was over the rate.", "no_body");
        }

        var receipt = await door.Again(kept.Platform, new VerifiedDelivery(kept.Domain, kept.Body, kept.SignatureState, kept.WebhookId), OriginOf(caller), ct);
        await Note("embassy.delivery.replayed", "delivery", id.Value);
        return receipt;
    }

    public async Task<TestReadingSent> SendTestReading(Caller caller, SendTestReading request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var platform = await directory.Find(request.Platform, ct) ?? throw CityException.NotFound("platform");
        var domain = request.Domain ?? EmbassyDomain.Energy;
        var unit = request.Unit ?? Measures.CountedIn(domain);
        var now = clock.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new TestReading(platform.Name, domain, PlatformRules.Site(request.SiteId), unit, request.Value, request.Ts ?? Timestamps.Truncate(now)), CityJson.Options);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var webhookId = request.Style == SignatureStyle.StandardWebhooks ? $"msg_{EmbassyId.New(now).Value[4..]}" : null;
        var signature = DeliverySignature.Sign(platform.Current, webhookId, timestamp, body);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Platform-Id"] = platform.Name };
        headers[webhookId is null ? "X-Timestamp" : "webhook-timestamp"] = timestamp;
        headers[webhookId is null ? "X-Signature" : "webhook-signature"] = signature;
        if (webhookId is not null)
        {
            headers["webhook-id"] = webhookId;
        }

        var receipt = await door.Accept(new SignedDelivery(platform.Name, domain, timestamp, signature, webhookId, body), OriginOf(caller), ct);
        await Note("embassy.test_reading.sent", "platform", platform.Name);
        return new(Encoding.UTF8.GetString(body), headers, receipt);
    }

    public async Task<PlatformSnippets> GetSnippets(Caller caller, SnippetsRequest request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Read, null, ct);
        var platform = await Load(request.Platform, ct);
        var domain = request.Domain ?? Measures.Measured.FirstOrDefault(platform.Domains.Contains) ?? Measures.Measured[0];
        return Measures.Measured.Contains(domain)
            ? EmbassySnippets.For(address.Url, platform.Platform, domain, request.SiteId is null ? "SITE-01" : PlatformRules.Site(request.SiteId))
            : throw CityException.Invalid("domain", $"Use one of: {string.Join(", ", Measures.Measured)}.");
    }

    private static readonly System.Linq.Expressions.Expression<Func<DeliveryRow, Delivery>> Line = d => new Delivery(
        d.Id, d.Platform, d.Domain, d.SiteId, d.Readings, d.Accepted, d.SignatureState, d.Outcome, d.Reason, d.Detail, d.ReceivedAt, d.Body == null ? 0 : d.Body.Length, d.TraceId);

    private async Task<EmbassyId> DeliveryOf(EmbassyId id, CancellationToken ct)
    {
        var delivery = await db.Readings.AsNoTracking().Where(r => r.Id == id).Select(r => (EmbassyId?)r.DeliveryId).SingleOrDefaultAsync(ct);
        return delivery ?? id;
    }

    // Of a delivery that came in, and only of such: one that was refused is in the delivery log. It is in by now, so it is written down also where nobody waits any longer.
    private Task<int> Note(string action, string kind, string id)
    {
        db.Audit(action, kind, id);
        return db.SaveChangesAsync(CancellationToken.None);
    }

    private static Origin OriginOf(Caller caller) => new(caller.CausationId ?? "req_console", caller.Ip, caller.UserAgent);

    private sealed record TestReading(string Source, string Domain, string SiteId, string Unit, Quantity Value, DateTimeOffset Ts);
}
