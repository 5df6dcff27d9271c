using Daarion.Core.Data;
using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets.Chain;

/// <summary>An address as it is kept.</summary>
internal sealed class AddressRow
{
    public required AddressId Id { get; init; }

    public required OwnerId OwnerId { get; init; }

    public required EvmAddress Address { get; init; }

    public required string Label { get; init; }

    public required string Challenge { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ProvenAt { get; set; }

    public string? ProvenBy { get; set; }

    public bool Payouts { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? RemovedAt { get; set; }

    public OwnersAddress View() => new(Id, OwnerId, Address, Label, ProvenAt is null ? Challenge : null, ProvenAt is null ? ExpiresAt : null, ProvenAt, Payouts, CreatedAt);
}

/// <summary>The ledger's functions for the chain.</summary>
internal static class ChainLedger
{
    private const string FailSql = "select wallet.fail_on_chain($1, $2, $3, $4)";

    /// <summary>Ends a transaction that did not and will not happen; false where it has ended before.</summary>
    public static async Task<bool> FailOnChain(this WalletDbContext db, ChainTransactionId id, ChainTransactionState state, string reason, CancellationToken ct)
    {
        await using var command = await db.Command(FailSql, ct);
        command.Parameters.AddText(id.Value);
        command.Parameters.AddText(Words.Of(state));
        command.Parameters.AddText(reason);
        command.Parameters.AddTime(db.Now);
        return await QueryMeter.Measured(command.ExecuteScalarAsync(ct)) is true;
    }
}
