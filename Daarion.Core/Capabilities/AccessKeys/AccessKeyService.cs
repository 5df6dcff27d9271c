using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <inheritdoc cref="IAccessKeyService"/>
internal sealed class AccessKeyService(CapabilitiesDbContext db, IAccess access, IPolicyCache policies, IPolicySnapshots registry, KeyBounds bounds, KeyDoor door) : IAccessKeyService
{
    private const string Kind = "access_key";
    private const string Making = "access_key.create";
    private const string Reading = "access_key.read";
    private const string Rotating = "access_key.rotate";
    private const string Revoking = "access_key.revoke";
    private const string Using = "access_key.use";

    public async Task<AccessKeySecret> Create(Caller caller, CreateAccessKey request, CancellationToken ct)
    {
        var asked = request.Subject ?? (caller.User is { } me ? KeySubject.Of(me) : null);
        await access.Require(caller, Making, new ResourceRef(Kind, null, request.TeamId, asked?.Person?.Value), ct);
        var subject = asked ?? throw CityException.Invalid("subject", "Say whom the key stands for.");
        await bounds.RequireOneself(caller, subject, request.TeamId, ct);
        var terms = KeyTerms.Of(request, subject, await bounds.OwnerOf(caller, subject, request, ct), await registry.Current(ct));
        await bounds.RequireHeld(caller, terms, ct);
        var capabilities = await db.Capabilities.Where(row => terms.Caps.Keys.Contains(row.Code)).ToListAsync(ct);
        var bundles = await db.Bundles.Where(row => terms.Bundles.Contains(row.Name)).ToListAsync(ct);
        var (key, secret) = AccessKey.New(terms, capabilities, bundles, caller.Actor.Id, db.Now);
        db.Add(key);
        db.Publish(
            new AccessKeyCreated(key.Id, key.SubjectKind, key.SubjectId, key.TeamId, caller.Actor.Id, key.OwnerId, key.BundleNames, key.Codes, key.ExpiresAt), key.Id.Value, key.TeamId);
        db.Audit("access_key.created", Kind, key.Id.Value, key.TeamId, ("subject", key.SubjectId), ("capabilities", string.Join(',', key.BundleNames.Concat(key.Codes))));
        await db.SaveChangesAsync(ct);
        policies.ForgetKey(key.Id.Value);
        return new AccessKeySecret(key.Id, secret, key.ExpiresAt, key.View(db.Now));
    }

    public async Task<AccessKeySecret> Rotate(Caller caller, RotateAccessKey request, CancellationToken ct)
    {
        var held = await Reached(caller, Rotating, request.Id, ct);
        if (request.OverlapSeconds < 0 || request.OverlapSeconds > AccessKey.LongestOverlap.TotalSeconds)
        {
            throw CityException.Invalid("overlap_seconds", $"Give 0 to {AccessKey.LongestOverlap.TotalSeconds:0}.");
        }

        await bounds.RequireOneself(caller, held.Subject, held.TeamId, ct);
        await bounds.RequireCovered(caller, held, ct);
        var (rotated, secret) = await db.Transact(
            async token =>
            {
                var key = await Lock(request.Id, token);
                var fresh = key.Rotate(TimeSpan.FromSeconds(request.OverlapSeconds), db.Now);
                db.Publish(new AccessKeyRotated(key.Id, key.SubjectKind, key.SubjectId, key.TeamId, caller.Actor.Id, key.PreviousUntil!.Value), key.Id.Value, key.TeamId);
                db.Audit("access_key.rotated", Kind, key.Id.Value, key.TeamId);
                return (key, fresh);
            },
            ct);
        policies.ForgetKey(rotated.Id.Value);
        return new AccessKeySecret(rotated.Id, secret, rotated.ExpiresAt, rotated.View(db.Now));
    }

    public async Task<AccessKeyView> Revoke(Caller caller, RevokeAccessKey request, CancellationToken ct)
    {
        await Reached(caller, Revoking, request.Id, ct);
        var revoked = await db.Transact(
            async token =>
            {
                var key = await Lock(request.Id, token);
                key.Revoke(caller.Actor.Id, db.Now);
                db.Publish(new AccessKeyRevoked(key.Id, key.SubjectKind, key.SubjectId, key.TeamId, caller.Actor.Id), key.Id.Value, key.TeamId);
                db.Audit("access_key.revoked", Kind, key.Id.Value, key.TeamId);
                return key;
            },
            ct);
        policies.ForgetKey(revoked.Id.Value);
        return revoked.View(db.Now);
    }

    public async Task<AccessKeyView> Resume(Caller caller, ResumeAccessKey request, CancellationToken ct)
    {
        await Reached(caller, Revoking, request.Id, ct);

        // What is suspended may have been stolen, and whoever stole it may hold another key of the team.
        if (AccessKeyId.TryParse(caller.KeyId, out _))
        {
            throw new CityException(ErrorCode.Forbidden, "A suspension is lifted by a person or an operator's service key, not by an access key.") { Reason = Reasons.RbacDenied };
        }

        var resumed = await db.Transact(
            async token =>
            {
                var key = await Lock(request.Id, token);
                key.Resume();
                db.Publish(new AccessKeyResumed(key.Id, key.SubjectKind, key.SubjectId, key.TeamId, caller.Actor.Id), key.Id.Value, key.TeamId);
                db.Audit("access_key.resumed", Kind, key.Id.Value, key.TeamId);
                return key;
            },
            ct);
        policies.ForgetKey(resumed.Id.Value);
        return resumed.View(db.Now);
    }

    public async Task<Page<AccessKeyView>> List(Caller caller, ListAccessKeys request, CancellationToken ct)
    {
        var decision = await access.Require(caller, Reading, new ResourceRef(Kind, null, request.TeamId, HeedsScope: true), ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var before = PageCursor.Decode(page.Cursor, 1)?[0];
        var (team, owner) = (request.TeamId?.Value, decision.Scope == DecisionScope.Own ? caller.User?.Value ?? string.Empty : null);
        var rows = await db.AccessKeys.FromSql(
            $"""
            select * from capabilities.access_keys
            where ({before}::text is null or id < {before}) and ({team}::text is null or team_id = {team}) and ({owner}::text is null or owner_id = {owner})
              and ({request.IncludeRevoked} or revoked_at is null)
            """)
            .AsNoTracking().AsSplitQuery().Include(key => key.Caps).ThenInclude(cap => cap.Capability).Include(key => key.Bundles).ThenInclude(bundle => bundle.Bundle)
            .OrderByDescending(key => key.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<AccessKeyView>.From([.. rows.Select(key => key.View(db.Now))], page, key => [key.Id.Value]);
    }

    public async Task<AccessKeyView> Get(Caller caller, GetAccessKey request, CancellationToken ct) => (await Reached(caller, Reading, request.Id, ct)).View(db.Now);

    public async Task<AccessKeyProof> Verify(Caller caller, VerifyAccessKey request, CancellationToken ct)
    {
        access.AllowByProof(caller, Using, "an access key's secret");
        return await door.Verify(request.Presented, caller.Ip?.ToString(), db.Now, ct);
    }

    public async Task<AccessKeyUse> NoteUse(Caller caller, NoteAccessKeyUse request, CancellationToken ct)
    {
        await access.Require(caller, Using, ResourceRef.City, ct);
        var until = request.At - AccessKey.UseEvery;
        return await db.Transact(
            async token =>
            {
                var noted = await db.AccessKeys.Where(key => key.Id == request.Id && (key.LastUsedAt == null || key.LastUsedAt <= until))
                    .ExecuteUpdateAsync(set => set.SetProperty(key => key.LastUsedAt, request.At).SetProperty(key => key.LastUsedIp, request.Ip), token);
                if (noted == 1)
                {
                    var key = await db.AccessKeys.AsNoTracking().SingleAsync(one => one.Id == request.Id, token);
                    db.Publish(new AccessKeyUsed(key.Id, key.SubjectKind, key.SubjectId, key.TeamId, key.SubjectId, request.At), key.Id.Value, key.TeamId);
                }

                return new AccessKeyUse(noted == 1);
            },
            ct);
    }

    private async Task<AccessKey> Lock(AccessKeyId id, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from capabilities.access_keys where id = {id.Value} for no key update", ct);
        return await Whole(db.AccessKeys).SingleOrDefaultAsync(key => key.Id == id, ct) ?? throw CityException.NotFound("access key");
    }

    // Of a key in a team that is not the caller's is told as little as of one that is not there.
    private async Task<AccessKey> Reached(Caller caller, string action, AccessKeyId id, CancellationToken ct)
    {
        if (await Whole(db.AccessKeys.AsNoTracking()).SingleOrDefaultAsync(one => one.Id == id, ct) is not { } key)
        {
            await access.Require(caller, action, caller.User is { } me ? ResourceRef.Own(Kind, id.Value, me) : ResourceRef.City, ct);
            throw CityException.NotFound("access key");
        }

        try
        {
            await access.Require(caller, action, key.AsResource(), ct);
            return key;
        }
        catch (CityException e) when (e.Reason == Reasons.NoRole && caller.User is not null)
        {
            throw CityException.NotFound("access key");
        }
    }

    private static IQueryable<AccessKey> Whole(IQueryable<AccessKey> keys) =>
        keys.AsSplitQuery().Include(key => key.Caps).ThenInclude(cap => cap.Capability).Include(key => key.Bundles).ThenInclude(bundle => bundle.Bundle);
}
