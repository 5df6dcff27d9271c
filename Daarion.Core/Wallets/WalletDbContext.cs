using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Daarion.Core.Wallets;

/// <summary>The schema <c>wallet</c>. What may change in it changes through the functions of its migrations; rows are only read as entities.</summary>
internal sealed class WalletDbContext(DbContextOptions<WalletDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Wallets)
{
    public DbSet<WalletRow> Wallets => Set<WalletRow>();

    public DbSet<BalanceRow> Balances => Set<BalanceRow>();

    public DbSet<TransactionRow> Transactions => Set<TransactionRow>();

    public DbSet<Transfer> HeldTransfers => Set<Transfer>();

    public DbSet<Payout> Payouts => Set<Payout>();

    public DbSet<PayoutRule> Rules => Set<PayoutRule>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<Stake> Stakes => Set<Stake>();

    public DbSet<Conversion> Conversions => Set<Conversion>();

    public DbSet<AddressRow> Addresses => Set<AddressRow>();

    public DbSet<ChainTransaction> ChainTransactions => Set<ChainTransaction>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<WalletRow>().ToTable("wallets").HasKey(wallet => wallet.Id);
        modelBuilder.Entity<BalanceRow>().ToTable("wallet_balances").HasKey(balance => new { balance.WalletId, balance.Symbol });
        modelBuilder.Entity<TransactionRow>().ToTable("wallet_transfers").HasKey(transaction => transaction.Id);
        modelBuilder.Entity<Transfer>(transfer =>
        {
            transfer.ToTable("held_transfers").HasKey(t => t.Id);
            transfer.Property(t => t.From).HasColumnName("from_id");
            transfer.Property(t => t.To).HasColumnName("to_id");
        });
        modelBuilder.Entity<Payout>().ToTable("payouts").HasKey(payout => payout.Id);
        modelBuilder.Entity<PayoutRule>().ToTable("payout_rules").HasKey(rule => rule.Code);
        modelBuilder.Entity<Stake>().ToTable("staking_ringk").HasKey(stake => stake.Id);
        modelBuilder.Entity<Conversion>(conversion =>
        {
            conversion.ToTable("conversions").HasKey(c => c.Id);
            conversion.Property(c => c.From).HasColumnName("from_symbol");
            conversion.Property(c => c.To).HasColumnName("to_symbol");
        });
        modelBuilder.Entity<AddressRow>().ToTable("addresses").HasKey(address => address.Id);
        modelBuilder.Entity<ChainTransaction>(transaction =>
        {
            transaction.ToTable("chain_transactions").HasKey(t => t.Id);
            transaction.Property(t => t.Contract).HasColumnName("token");
        });
        modelBuilder.Entity<TokenRow>().ToTable("tokens").HasKey(token => token.Symbol);

        // Answers of statements that are no tables.
        modelBuilder.Entity<Account>().HasNoKey().ToView(null);
        modelBuilder.Entity<EntryRow>().HasNoKey().ToView(null);
        modelBuilder.Entity<StatementRow>().HasNoKey().ToView(null);
        modelBuilder.Entity<OwnersTransaction>().HasNoKey().ToView(null);
        modelBuilder.Entity<RewardDay>().HasNoKey().ToView(null);
        modelBuilder.Entity<PayoutTotal>().HasNoKey().ToView(null);
        modelBuilder.Entity<TokenTotals>().HasNoKey().ToView(null);
        modelBuilder.Entity<AuditRow>().HasNoKey().ToView(null);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<OwnerId>().HaveConversion<OwnerIdConverter>();
        configurationBuilder.Properties<OwnerKind>().HaveConversion<WordConverter<OwnerKind>>();
        configurationBuilder.Properties<PayoutStatus>().HaveConversion<WordConverter<PayoutStatus>>();
        configurationBuilder.Properties<TransferStatus>().HaveConversion<WordConverter<TransferStatus>>();
        configurationBuilder.Properties<EvmAddress>().HaveConversion<EvmAddressConverter>();
        configurationBuilder.Properties<ChainTransactionKind>().HaveConversion<WordConverter<ChainTransactionKind>>();
        configurationBuilder.Properties<ChainTransactionState>().HaveConversion<WordConverter<ChainTransactionState>>();
        configurationBuilder.Properties<TransactionKind>().HaveConversion<WordConverter<TransactionKind>>();
    }

    private sealed class EvmAddressConverter() : ValueConverter<EvmAddress, string>(address => address.Value, text => EvmAddress.Parse(text));

    private sealed class OwnerIdConverter() : ValueConverter<OwnerId, string>(owner => owner.Value, text => OwnerId.Parse(text));
}

/// <summary>A wallet.</summary>
internal sealed record WalletRow(WalletId Id, OwnerKind OwnerKind, OwnerId OwnerId, bool Boundless, DateTimeOffset CreatedAt);

/// <summary>What a wallet has of a token.</summary>
internal sealed record BalanceRow(WalletId WalletId, Symbol Symbol, Quantity Available, Quantity Locked);

/// <summary>A transaction without its entries.</summary>
internal sealed record TransactionRow(TransferId Id, TransactionKind Kind, string IdempotencyKey, DateTimeOffset At, string Actor, string? Ref, string? Memo);

/// <summary>A transaction as one of its owners meets it: in the order of that owner's entries.</summary>
internal sealed record OwnersTransaction(long Sequence, TransferId Id, TransactionKind Kind, DateTimeOffset At, string Actor, string? Ref, string? Memo);

/// <summary>An entry with its owner.</summary>
internal sealed record EntryRow(
    TransferId TransferId, int Position, WalletId WalletId, OwnerKind OwnerKind, OwnerId OwnerId, Symbol Symbol, Quantity Amount, Quantity? BalanceAfter);

/// <summary>A line of a statement with its place.</summary>
internal sealed record StatementRow(
    long Sequence,
    DateTimeOffset At,
    TransferId TransactionId,
    TransactionKind Kind,
    OwnerId Counterparty,
    Symbol Symbol,
    Quantity Amount,
    Quantity? BalanceAfter,
    string? Ref,
    string? Memo);

/// <summary>A token and its limit.</summary>
internal sealed record TokenRow(Symbol Symbol, Quantity TransferLimit);

/// <summary>One invariant as the database counted it.</summary>
internal sealed record AuditRow(string Name, string? Broken, long LookedAt);
