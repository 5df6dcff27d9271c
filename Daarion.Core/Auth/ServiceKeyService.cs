using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Auth;

/// <summary>The operations on service keys.</summary>
internal sealed class ServiceKeyService(AuthDbContext db, IAccess access, IPolicyCache policies, IPolicySnapshots registry) : IServiceKeyService
{
    /// <summary>To make a key that may more than oneself.</summary>
    public const string GiveMore = "auth.service_key.give_more";

    private const string Manage = "auth.service_key.manage";
    private const string See = "auth.service_key.read";

    public async Task<ServiceKeySecret> Create(Caller caller, CreateServiceKey request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        await RequireKnown(request.Capabilities, ct);
        await RequireHeld(caller, request.Capabilities, ct);
        var (key, secret) = ServiceKey.New(request, caller.Actor.Id, db.Now);
        db.Add(key);
        db.Publish(new AuthServiceKeyCreated(key.ClientId, key.Capabilities, key.CreatedBy), key.ClientId.Value);
        db.Audit("auth.service_key.created", "service_key", key.ClientId.Value, null, ("capabilities", string.Join(',', key.Capabilities)));
        await db.SaveChangesAsync(ct);
        policies.ForgetKey(key.ClientId.Value);
        return new ServiceKeySecret(key.ClientId, secret, key.View(db.Now));
    }

    public async Task<ServiceKeySecret> Rotate(Caller caller, RotateServiceKey request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        if (request.OverlapMinutes is < 0 or > ServiceKey.MaxOverlapMinutes)
        {
            throw CityException.Invalid("overlap_minutes", $"Give 0 to {ServiceKey.MaxOverlapMinutes}.");
        }

        var held = await db.ServiceKeys.AsNoTracking().SingleOrDefaultAsync(key => key.ClientId == request.ClientId, ct) ?? throw CityException.NotFound("service key");
        await RequireHeld(caller, held.Capabilities, ct);
        return await db.Transact(
            async token =>
            {
                var key = await Lock(request.ClientId, token);
                var secret = key.Rotate(TimeSpan.FromMinutes(request.OverlapMinutes), db.Now);
                db.Publish(new AuthServiceKeyRotated(key.ClientId, key.PreviousUntil!.Value, caller.Actor.Id), key.ClientId.Value);
                db.Audit("auth.service_key.rotated", "service_key", key.ClientId.Value);
                return new ServiceKeySecret(key.ClientId, secret, key.View(db.Now));
            },
            ct);
    }

    public async Task<ServiceKeyView> Revoke(Caller caller, RevokeServiceKey request, CancellationToken ct)
    {
        await access.Require(caller, Manage, ResourceRef.City, ct);
        var revoked = await db.Transact(
            async token =>
            {
                var key = await Lock(request.ClientId, token);
                key.Revoke(db.Now);
                db.Publish(new AuthServiceKeyRevoked(key.ClientId, caller.Actor.Id), key.ClientId.Value);
                db.Audit("auth.service_key.revoked", "service_key", key.ClientId.Value);
                return key;
            },
            ct);
        policies.ForgetKey(revoked.ClientId.Value);
        return revoked.View(db.Now);
    }

    public async Task<Page<ServiceKeyView>> List(Caller caller, ListServiceKeys request, CancellationToken ct)
    {
        await access.Require(caller, See, ResourceRef.City, ct);
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = await db.ServiceKeys.FromSql($"select * from auth.service_keys where ({after}::text is null or client_id < {after}) and ({request.IncludeRevoked} or revoked_at is null)")
            .AsNoTracking().OrderByDescending(key => key.ClientId).Take(page.Limit + 1).ToListAsync(ct);
        return Page<ServiceKeyView>.From([.. rows.Select(key => key.View(db.Now))], page, key => [key.ClientId.Value]);
    }

    public async Task<ServiceKeyView> Get(Caller caller, GetServiceKey request, CancellationToken ct)
    {
        await access.Require(caller, See, ResourceRef.City, ct);
        return (await db.ServiceKeys.AsNoTracking().SingleOrDefaultAsync(key => key.ClientId == request.ClientId, ct) ?? throw CityException.NotFound("service key")).View(db.Now);
    }

    public async Task<ServiceKeyProof> Verify(Caller caller, VerifyServiceKey request, CancellationToken ct)
    {
        access.AllowByProof(caller, "auth.token", "a service key's secret");
        var key = AccessKeyId.TryParse(request.ClientId, out var id) ? await db.ServiceKeys.SingleOrDefaultAsync(one => one.ClientId == id, ct) : null;
        if (key is null || !key.IsGood(db.Now) || !key.Knows(request.ClientSecret, db.Now))
        {
            return new ServiceKeyProof(false, null, []);
        }

        key.NoteUse(caller.Ip?.ToString(), db.Now);
        await db.SaveChangesAsync(ct);
        return new ServiceKeyProof(true, key.Name, key.Capabilities);
    }

    private async Task<ServiceKey> Lock(AccessKeyId id, CancellationToken ct) =>
        await db.ServiceKeys.FromSql($"select * from auth.service_keys where client_id = {id.Value} for no key update").SingleOrDefaultAsync(ct) ?? throw CityException.NotFound("service key");

    // Nobody gets more through a key than they have, or making one would be the way to everything.
    private async Task RequireHeld(Caller caller, IReadOnlyList<string> capabilities, CancellationToken ct)
    {
        if ((await access.Ask(caller, GiveMore, ResourceRef.City, ct)).Allow)
        {
            return;
        }

        foreach (var capability in capabilities)
        {
            if (await access.Ask(caller, capability, ResourceRef.AnyTeam, ct) is { Allow: false } refusal)
            {
                throw new CityException(ErrorCode.Forbidden, $"A key gets no more than whoever makes it holds for the whole city, and {capability} is not among that; the city's Owner may give it.")
                {
                    Reason = refusal.Reason,
                    DecisionId = refusal.DecisionId.Value,
                };
            }
        }
    }

    private async Task RequireKnown(IReadOnlyList<string> capabilities, CancellationToken ct)
    {
        if (capabilities.Count is 0 or > ServiceKey.MaxCapabilities)
        {
            throw CityException.Invalid("capabilities", $"Give 1 to {ServiceKey.MaxCapabilities} capabilities.");
        }

        var known = (await registry.Current(ct)).Capabilities;
        var unknown = capabilities.Where(capability => !known.Contains(capability)).Take(5).ToList();
        if (unknown.Count > 0)
        {
            throw CityException.Invalid("capabilities", $"The city has no such capability: {string.Join(", ", unknown)}.");
        }
    }
}
