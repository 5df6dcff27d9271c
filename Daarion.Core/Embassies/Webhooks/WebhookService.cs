using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Embassies.Webhooks;

/// <inheritdoc cref="IWebhookService"/>
internal sealed class WebhookService(
    EmbassyDbContext db, IAccess access, ISecretProtector protector, EventCatalogue catalogue, WebhookSubscriptions subscriptions, WebhookDispatcher dispatcher, WebhookSender sender) : IWebhookService
{
    private const string Test = "webhook.test";

    public async Task<WebhookCreated> CreateWebhook(Caller caller, CreateWebhook request, CancellationToken ct)
    {
        await Require(caller, request.TeamId, request.Platform, ct);
        if ((request.TeamId is null) == (request.Platform is null))
        {
            throw CityException.Invalid("team_id", "Say of which team, or of which platform.");
        }

        var url = WebhookRules.Url(request.Url, sender.IsPlainAllowed);
        var events = Known(request.Events);
        if (request.Platform is { } platform && !await db.Platforms.AnyAsync(one => one.Platform == platform, ct))
        {
            throw CityException.NotFound("platform");
        }

        if (await db.Subscriptions.CountAsync(one => one.TeamId == request.TeamId && one.Platform == request.Platform && one.Status != WebhookStatus.Deleted, ct) >= WebhookRules.MaxSubscriptions)
        {
            throw CityException.Conflict($"There are {WebhookRules.MaxSubscriptions} already; end one first.", "too_many");
        }

        var secret = PlatformKey.NewSecret();
        var row = new SubscriptionRow
        {
            Id = WebhookId.New(db.Now),
            TeamId = request.TeamId,
            Platform = request.Platform,
            Url = url,
            Events = events,
            Secret = protector.Protect(secret),
            CreatedAt = db.Now,
            CreatedBy = caller.Actor.Id,
        };
        db.Add(row);
        Note("webhook.created", row);
        await db.SaveChangesAsync(ct);
        subscriptions.Forget();
        return new(row.Id, secret, row.Url, row.Events, row.TeamId, row.Platform, row.Status, row.CreatedAt);
    }

    public async Task<Page<Webhook>> ListWebhooks(Caller caller, WebhookQuery request, CancellationToken ct)
    {
        await Require(caller, request.TeamId, request.Platform, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Subscriptions.FromSql($"select * from embassy.webhook_subscriptions where id < {after}")
            : db.Subscriptions;
        rows = rows.Where(one => one.Status != WebhookStatus.Deleted);
        rows = request.TeamId is { } team ? rows.Where(one => one.TeamId == team) : rows;
        rows = request.Platform is { } platform ? rows.Where(one => one.Platform == platform) : rows;
        var found = await rows.AsNoTracking().OrderByDescending(one => one.Id).Take(page.Limit + 1)
            .Select(one => new { Row = one, Waiting = db.Messages.Count(message => message.SubscriptionId == one.Id && message.State == WebhookMessageState.Waiting) })
            .ToListAsync(ct);
        return Page<Webhook>.From(found.ConvertAll(one => View(one.Row, one.Waiting)), page, one => [one.Id.Value]);
    }

    public async Task<Webhook> GetWebhook(Caller caller, WebhookRef request, CancellationToken ct) => await View(await Load(caller, request.Id, ct), ct);

    public async Task<Webhook> UpdateWebhook(Caller caller, UpdateWebhook request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        if (request.ExpectedVersion is { } expected && expected != row.Version)
        {
            throw Stale();
        }

        row.Url = request.Url is null ? row.Url : WebhookRules.Url(request.Url, sender.IsPlainAllowed);
        row.Events = request.Events is null ? row.Events : Known(request.Events);
        row.Changed();
        return await Save("webhook.updated", row, ct);
    }

    public async Task<WebhookSecret> RotateWebhookSecret(Caller caller, RotateWebhookSecret request, CancellationToken ct)
    {
        var overlap = PlatformRules.Overlap(request.OverlapMinutes);
        var row = await Load(caller, request.Id, ct);
        var secret = PlatformKey.NewSecret();
        row.Rotate(protector.Protect(secret), db.Now, overlap);
        await Save("webhook.secret_rotated", row, ct);
        return new(row.Id, secret, row.RotatesAt);
    }

    public async Task<Webhook> EnableWebhook(Caller caller, WebhookRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        if (row.Status == WebhookStatus.Active)
        {
            return await View(row, ct);
        }

        row.Enable();
        var enabled = await Save("webhook.enabled", row, ct);
        dispatcher.Wake();
        return enabled;
    }

    public async Task<Webhook> DisableWebhook(Caller caller, WebhookRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        if (row.Status == WebhookStatus.Disabled)
        {
            return await View(row, ct);
        }

        row.Disable("by_hand", db.Now);
        return await Save("webhook.disabled", row, ct);
    }

    public async Task<Webhook> DeleteWebhook(Caller caller, WebhookRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        row.Delete();
        return await Save("webhook.deleted", row, ct);
    }

    public async Task<WebhookMessage> TestWebhook(Caller caller, WebhookRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        if (row.Status != WebhookStatus.Active)
        {
            throw CityException.Conflict("This webhook is disabled; enable it first.", "disabled");
        }

        var id = WebhookMessageId.New(db.Now);
        var body = JsonSerializer.Serialize(new TestBody(Test, db.Now, new(row.Id)), CityJson.Options);
        var message = new MessageRow
        {
            Id = id,
            SubscriptionId = row.Id,
            EventId = id.Value,
            Topic = Test,
            Body = body,
            CreatedAt = db.Now,
            NextAttemptAt = db.Now,
            ExpiresAt = db.Now + WebhookRules.Lifetime,
        };
        db.Add(message);
        await db.SaveChangesAsync(ct);
        dispatcher.Wake();
        return message.View();
    }

    public async Task<Page<WebhookMessage>> ListWebhookMessages(Caller caller, WebhookMessageQuery request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Messages.FromSql($"select * from embassy.webhook_messages where id < {after}")
            : db.Messages;
        rows = rows.Where(message => message.SubscriptionId == row.Id);
        rows = request.State is { } state ? rows.Where(message => message.State == state) : rows;
        var found = await rows.AsNoTracking().OrderByDescending(message => message.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<MessageRow>.From(found, page, message => [message.Id.Value]).Select(message => message.View());
    }

    public async Task<WebhookMessageDetail> GetWebhookMessage(Caller caller, WebhookMessageRef request, CancellationToken ct)
    {
        var message = await LoadMessage(caller, request, ct);
        return new(message.View(), message.Body);
    }

    public async Task<WebhookMessage> ReplayWebhookMessage(Caller caller, WebhookMessageRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        var message = await LoadMessage(caller, request, ct);
        if (row.Status != WebhookStatus.Active)
        {
            throw CityException.Conflict("This webhook is disabled; enable it first.", "disabled");
        }

        await db.Transact(
            async token =>
            {
                db.Audit("webhook.replayed", "webhook", row.Id.Value, row.TeamId, ("message", message.Id.Value));
                return await db.Messages.Where(one => one.Id == message.Id).ExecuteUpdateAsync(
                    set => set.SetProperty(one => one.State, WebhookMessageState.Waiting).SetProperty(one => one.NextAttemptAt, db.Now).SetProperty(one => one.ExpiresAt, db.Now + WebhookRules.Lifetime)
                        .SetProperty(one => one.LeaseUntil, (DateTimeOffset?)null),
                    token);
            },
            ct);
        dispatcher.Wake();
        return (await db.Messages.AsNoTracking().SingleAsync(one => one.Id == message.Id, ct)).View();
    }

    private List<string> Known(IReadOnlyList<string> events) => WebhookRules.Events(events, [.. catalogue.Events.Select(e => e.Type)]);

    // Whoever may not see a team's webhooks does not learn that there is one.
    private async Task<SubscriptionRow> Load(Caller caller, WebhookId id, CancellationToken ct)
    {
        var row = await db.Subscriptions.SingleOrDefaultAsync(one => one.Id == id && one.Status != WebhookStatus.Deleted, ct);
        await Require(caller, row?.TeamId, row?.Platform, ct);
        return row ?? throw CityException.NotFound("webhook");
    }

    private async Task<MessageRow> LoadMessage(Caller caller, WebhookMessageRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        return await db.Messages.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.MessageId && one.SubscriptionId == row.Id, ct) ?? throw CityException.NotFound("message");
    }

    private async Task Require(Caller caller, TeamId? team, string? platform, CancellationToken ct)
    {
        if (team is { } one && platform is null)
        {
            await access.Require(caller, EmbassyModule.ManageWebhooks, ResourceRef.Team(one), ct);
            return;
        }

        await access.Require(caller, EmbassyModule.Manage, null, ct);
    }

    private void Note(string what, SubscriptionRow row) =>
        db.Audit(what, "webhook", row.Id.Value, row.TeamId, ("host", new Uri(row.Url).Host), ("events", string.Join(',', row.Events)), ("platform", row.Platform ?? string.Empty));

    private async Task<Webhook> Save(string what, SubscriptionRow row, CancellationToken ct)
    {
        Note(what, row);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw Stale();
        }

        subscriptions.Forget();
        return await View(row, ct);
    }

    private async Task<Webhook> View(SubscriptionRow row, CancellationToken ct) =>
        View(row, await db.Messages.CountAsync(message => message.SubscriptionId == row.Id && message.State == WebhookMessageState.Waiting, ct));

    private Webhook View(SubscriptionRow row, int waiting) => new(
        row.Id,
        row.TeamId,
        row.Platform,
        row.Url,
        row.Events,
        row.Status,
        row.DisabledReason,
        row.DisabledAt,
        row.FailingSince,
        row.RotatesAt > db.Now ? row.RotatesAt : null,
        row.CreatedAt,
        row.CreatedBy,
        waiting,
        row.Version);

    private static CityException Stale() => CityException.Conflict("It was changed in the meantime; read it again.", "stale_version");

    private sealed record TestBody(string Type, DateTimeOffset Timestamp, TestData Data);

    private sealed record TestData(WebhookId WebhookId);
}
