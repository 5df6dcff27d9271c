using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Daarion.Core.Wallets.Chain;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>Reads payouts and lets operators review them; claims are in the other file.</summary>
internal sealed partial class PayoutService(WalletDbContext db, IAccess access, IPolicySnapshots registry, ChainLink link, ChainWorker worker, PayoutGeneration generation) : IPayoutService
{
    private const string View = "wallet.payout.view";
    private const string Review = "city.payout.review";
    private const int MaxNoteLength = 500;

    public async Task<GeneratedPayouts> GeneratePayout(Caller caller, GeneratePayout request, CancellationToken ct)
    {
        await access.Require(caller, "service.mint.payout", ResourceRef.City, ct);
        if (!request.Delta.IsPositive)
        {
            throw CityException.Invalid("delta", "Give an amount above zero.");
        }

        var movement = new RwaInventoryUpdated(
            request.InventoryId, request.TeamId, request.Domain, request.SiteId, request.Delta, request.Delta, request.Unit, request.Ts, request.RwaRef, MovementKind.Reading, request.OracleId, request.BeneficiaryUserId);
        var made = await db.Transact(
            async token =>
            {
                var payouts = await generation.Make([(movement, null)], token);
                foreach (var payout in payouts)
                {
                    db.Audit("payout.generated", "payout", payout.Value, request.TeamId, ("rwa_ref", request.RwaRef.Value), ("delta", request.Delta.ToString()), ("unit", request.Unit));
                }

                return payouts;
            },
            ct);
        return new(made);
    }

    public async Task<Page<Payout>> ListPayouts(Caller caller, PayoutQuery request, CancellationToken ct)
    {
        var own = await MayList(caller, request, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Payouts.FromSql($"select * from wallet.payouts where id < {after}")
            : db.Payouts;
        return Page<Payout>.From(
            await Matching(rows, request, own).AsNoTracking().OrderByDescending(payout => payout.Id).Take(page.Limit + 1).ToListAsync(ct),
            page,
            payout => [payout.Id.Value]);
    }

    public async Task<Payout> GetPayout(Caller caller, PayoutRef request, CancellationToken ct)
    {
        var payout = await Find(request.Id, ct);
        await access.Require(caller, View, ResourceToView(caller, request.Id, payout), ct);
        return payout ?? throw CityException.NotFound("payout");
    }

    public async Task<PayoutSummary> SummarisePayouts(Caller caller, PayoutQuery request, CancellationToken ct)
    {
        var own = await MayList(caller, request, ct);
        var (team, site, movement) = (request.TeamId?.Value, request.SiteId, request.RwaRef?.Value);
        var (beneficiary, status) = (request.Beneficiary?.Value ?? own?.Value, request.Status is { } one ? Words.Of(one) : null);
        var totals = await db.Set<PayoutTotal>().FromSql(
            $"""
            select symbol, status, count(*) as count, sum(amount) as amount from wallet.payouts
            where ({team}::text is null or team_id = {team}) and ({status}::text is null or status = {status})
              and ({beneficiary}::text is null or beneficiary_id = {beneficiary}) and ({site}::text is null or site_id = {site})
              and ({movement}::text is null or rwa_ref = {movement})
            group by symbol, status
            """).ToListAsync(ct);
        return new PayoutSummary([.. totals.OrderBy(total => total.Symbol).ThenBy(total => total.Status)]);
    }

    public Task<Payout> ApprovePayout(Caller caller, ReviewPayout request, CancellationToken ct) => Decide(
        caller,
        request,
        "payout.approved",
        async (payout, note, token) => await db.Database.ExecuteSqlAsync(
            $"""
            update wallet.payouts set status = 'generated', reviewed_by = {caller.Actor.Id}, reviewed_at = {db.Now}, review_note = {note}
            where id = {payout.Value} and status = 'review'
            """,
            token) == 1,
        ct);

    public Task<Payout> CancelPayout(Caller caller, ReviewPayout request, CancellationToken ct) => Decide(
        caller,
        request,
        "payout.cancelled",
        (payout, note, token) => db.Database.SqlQuery<bool>($"select wallet.cancel_payout({payout.Value}, {caller.Actor.Id}, {note}, {db.Now}) as \"Value\"").SingleAsync(token),
        ct);

    public async Task<PayoutRules> GetRules(Caller caller, PayoutRulesRequest request, CancellationToken ct)
    {
        await access.Require(caller, View, ResourceRef.City, ct);
        var inForce = await registry.Current(ct);
        var rules = (await db.Rules.AsNoTracking().OrderBy(rule => rule.Code).ToListAsync(ct)).ConvertAll(rule => rule.InForce(inForce));
        var tokens = await db.Tokens.AsNoTracking().ToListAsync(ct);
        return new PayoutRules(rules, [.. tokens.OrderBy(token => token.Symbol).Select(token => new TransferLimit(token.Symbol, token.TransferLimit))]);
    }

    public async Task<Page<RewardDay>> ListRewardDays(Caller caller, RewardDayQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, new ResourceRef("reward_days", request.TeamId.Value, request.TeamId), ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = await db.Set<RewardDay>().FromSql(
            $"""
            select d.team_id, d.day, d.domain, d.symbol, d.paid, d.unpaid, r.daily_cap as cap
            from wallet.reward_days d
            join lateral (select max(daily_cap) as daily_cap from wallet.payout_rules r where (r.domain, r.symbol) = (d.domain, d.symbol)) as r on true
            where d.team_id = {request.TeamId.Value}
              and ({after}::text is null or to_char(d.day, 'YYYY-MM-DD') || d.domain || d.symbol < {after})
            order by to_char(d.day, 'YYYY-MM-DD') || d.domain || d.symbol desc
            limit {page.Limit + 1}
            """).ToListAsync(ct);
        return Page<RewardDay>.From(rows, page, day => [$"{day.Day:yyyy-MM-dd}{day.Domain}{day.Symbol.Code()}"]);
    }

    private async Task<Payout> Decide(Caller caller, ReviewPayout request, string action, Func<PayoutId, string?, CancellationToken, Task<bool>> decide, CancellationToken ct)
    {
        await access.Require(caller, Review, ResourceRef.City, ct);
        var note = Texts.Checked("note", request.Note, MaxNoteLength);
        var payout = await Find(request.Id, ct) ?? throw CityException.NotFound("payout");
        return await db.Transact(
            async token =>
            {
                if (!await decide(request.Id, note, token))
                {
                    throw CityException.Conflict("This payout is not in review.", "not_in_review");
                }

                db.Audit(action, "payout", request.Id.Value, payout.TeamId, ("amount", payout.Amount.ToString()), ("symbol", payout.Symbol.Code()));
                return (await Find(request.Id, token))!;
            },
            ct);
    }

    private Task<Payout?> Find(PayoutId id, CancellationToken ct) => db.Payouts.AsNoTracking().SingleOrDefaultAsync(payout => payout.Id == id, ct);

    // Whose payouts the caller may see: everybody's (null), or only what is paid to the caller.
    private async Task<UserId?> MayList(Caller caller, PayoutQuery request, CancellationToken ct)
    {
        var resource = request switch
        {
            { Beneficiary.User: { } person } when person == caller.User => ResourceRef.Own("payout", null, person),
            { TeamId: { } team } => ResourceRef.Team(team),
            { Beneficiary.Team: { } team } => ResourceRef.Team(team),
            _ => ResourceRef.City,
        };
        var decision = await access.Require(caller, View, resource with { HeedsScope = true }, ct);
        return decision.Scope == DecisionScope.Own ? caller.User : null;
    }

    private static IQueryable<Payout> Matching(IQueryable<Payout> rows, PayoutQuery request, UserId? own)
    {
        rows = request.TeamId is { } team ? rows.Where(payout => payout.TeamId == team) : rows;
        rows = request.Status is { } status ? rows.Where(payout => payout.Status == status) : rows;
        rows = request.Beneficiary is { } beneficiary ? rows.Where(payout => payout.BeneficiaryKind == beneficiary.Kind && payout.BeneficiaryId == beneficiary) : rows;
        rows = request.SiteId is { } site ? rows.Where(payout => payout.SiteId == site) : rows;
        rows = request.RwaRef is { } movement ? rows.Where(payout => payout.RwaRef == movement) : rows;
        if (own is { } user)
        {
            var owner = OwnerId.Of(user);
            rows = rows.Where(payout => payout.BeneficiaryKind == OwnerKind.User && payout.BeneficiaryId == owner);
        }

        return rows;
    }

    // A person sees what is paid to them; the team's Owner and Guardian see all that comes from their sites.
    private static ResourceRef ResourceToView(Caller caller, PayoutId id, Payout? payout) => payout is null
        ? caller.User is { } user ? ResourceRef.Own("payout", id.Value, user) : ResourceRef.City
        : payout.BeneficiaryId.User is { } person && person == caller.User ? payout.AsResource() : new ResourceRef("payout", id.Value, payout.TeamId);
}
