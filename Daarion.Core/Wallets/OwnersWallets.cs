using System.Collections.Concurrent;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>
/// What a transfer needs to know beside the balances: whose wallet is which, whether the receiver is there, what a token's limit is. A wallet is an owner's
/// for good, so that it is kept; the rest is kept for seconds.
/// </summary>
internal sealed class OwnersWallets(FactCache facts, TimeProvider clock)
{
    private const int Capacity = 100_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(4);
    private readonly ConcurrentDictionary<OwnerId, WalletId> wallets = new();
    private readonly ConcurrentDictionary<WalletId, OwnerId> owners = new();
    private volatile Limits? limits;

    /// <summary>The wallets of two owners; opened where one has none.</summary>
    public async ValueTask<(WalletId From, WalletId To)> Of(WalletDbContext db, OwnerId from, OwnerId to, CancellationToken ct)
    {
        if (wallets.TryGetValue(from, out var giver) && wallets.TryGetValue(to, out var receiver))
        {
            return (giver, receiver);
        }

        await db.Open([from, to], ct);
        var found = await db.WalletsOf([from, to], ct);
        foreach (var (owner, wallet) in found)
        {
            Keep(owner, wallet);
        }

        return (found[from], found[to]);
    }

    /// <summary>The wallet of a person or a team, where it is known without asking.</summary>
    public WalletId? Find(OwnerId owner) => wallets.TryGetValue(owner, out var wallet) ? wallet : null;

    /// <summary>Whose a wallet is; null where there is no such wallet.</summary>
    public async ValueTask<OwnerId?> OwnerOf(WalletDbContext db, WalletId wallet, CancellationToken ct)
    {
        if (owners.TryGetValue(wallet, out var known))
        {
            return known;
        }

        if (await db.Wallets.AsNoTracking().SingleOrDefaultAsync(row => row.Id == wallet, ct) is not { } found)
        {
            return null;
        }

        if (owners.Count > Capacity)
        {
            owners.Clear();
        }

        return owners[wallet] = found.OwnerId;
    }

    /// <summary>Keeps whose wallet it is. What the city's own accounts are is another matter: some of them keep no balance.</summary>
    public WalletId Keep(OwnerId owner, WalletId wallet)
    {
        if (owner.Kind != OwnerKind.City)
        {
            if (wallets.Count > Capacity)
            {
                wallets.Clear();
            }

            wallets[owner] = wallet;
        }

        return wallet;
    }

    /// <summary>Above what amount of a token a transfer waits for a second operator.</summary>
    public async ValueTask<Quantity> LimitOf(WalletDbContext db, Symbol symbol, CancellationToken ct)
    {
        if (limits is not { } known || clock.GetElapsedTime(known.At) > Fresh)
        {
            known = new(await db.TransferLimits(ct), clock.GetTimestamp());
            limits = known;
        }

        return known.BySymbol[symbol];
    }

    /// <summary>True for a person or a team that is there.</summary>
    public async ValueTask<bool> Exists(OwnerId owner, CancellationToken ct) => owner.Team is { } team
        ? (await facts.Teams.Get(team, facts.MaxAge, ct)).State is not (null or TeamState.Archived) || team == Id<TeamKind>.WellKnown()
        : owner.User is { } user && await facts.People.Get(user, facts.MaxAge, ct) is not null;

    private sealed record Limits(IReadOnlyDictionary<Symbol, Quantity> BySymbol, long At);
}
