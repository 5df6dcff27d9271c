using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Daarion.Core.Data;

/// <summary>How the kernel's types are kept: identifiers as text, quantities as <c>numeric(28,9)</c>, times as <c>timestamptz(3)</c>, enumerations as snake_case words.</summary>
internal static class CityConventions
{
    public static void Apply(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<Quantity>().HaveConversion<QuantityConverter>().HaveColumnType("numeric(28,9)");
        configuration.Properties<DateTimeOffset>().HaveColumnType("timestamptz(3)");
        configuration.Properties<Symbol>().HaveConversion<SymbolConverter>();
        Id<UserKind>(configuration);
        Id<TeamKind>(configuration);
        Id<InvitationKind>(configuration);
        Id<SessionKind>(configuration);
        Id<WalletKind>(configuration);
        Id<TransferKind>(configuration);
        Id<StakeKind>(configuration);
        Id<ConversionKind>(configuration);
        Id<PayoutKind>(configuration);
        Id<RwaKind>(configuration);
        Id<EmbassyKind>(configuration);
        Id<WebhookKind>(configuration);
        Id<OracleKind>(configuration);
        Id<EventKind>(configuration);
        Id<DecisionKind>(configuration);
        Id<AuditKind>(configuration);
        Id<AccessKeyKind>(configuration);
        Id<PolicyKind>(configuration);
        Id<ReservationKind>(configuration);
        Id<AnomalyKind>(configuration);
        Id<WebhookMessageKind>(configuration);
        Id<AddressKind>(configuration);
        Id<ChainTransactionIdKind>(configuration);
    }

    private static void Id<TKind>(ModelConfigurationBuilder configuration)
        where TKind : IIdKind => configuration.Properties<Id<TKind>>().HaveConversion<IdConverter<TKind>>();

    private sealed class IdConverter<TKind>() : ValueConverter<Id<TKind>, string>(id => id.Value, text => Kernel.Id<TKind>.Parse(text))
        where TKind : IIdKind;

    private sealed class QuantityConverter() : ValueConverter<Quantity, decimal>(quantity => quantity.Value, value => Quantity.Of(value));

    private sealed class SymbolConverter() : ValueConverter<Symbol, string>(symbol => symbol.Code(), code => Symbols.Parse(code));
}

/// <summary>Enumerations as the database has them: the snake_case words of the JSON.</summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
internal sealed class WordConverter<TEnum>() : ValueConverter<TEnum, string>(value => Words.Of(value), word => Words.Parse<TEnum>(word))
    where TEnum : struct, Enum;
