using System.Collections.Concurrent;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

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
    private volatile Limits? limits;

    /// <summary>The wallets of two owners; opened where one has none.</summary>
    public async ValueTask<(WalletId From, WalletId To)> Of(WalletDbContext db, OwnerId from, OwnerId to, CancellationToken ct)
    {
        if (wallets.TryGetValue(from, out var giver) && wallets.TryGetValue(to, out var receiver))
        {
            return (giver, receiver);
        }

        await db.Open([from, to], ct);
        if (wallets.Count > Capacity)
        {
            wallets.Clear();
        }

        var found = await db.WalletsOf([from, to], ct);
        foreach (var (owner, wallet) in found)
        {
            wallets[owner] = wallet;
        }

        return (found[from], found[to]);
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
