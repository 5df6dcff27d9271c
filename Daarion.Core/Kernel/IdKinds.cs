namespace Daarion.Core.Kernel;

/// <summary>The kind of identifier that names a person: <c>u_…</c>.</summary>
public sealed class UserKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "u_";

    private UserKind()
    {
    }
}

/// <summary>The kind of identifier that names a team: <c>t_…</c>.</summary>
public sealed class TeamKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "t_";

    /// <summary>The city itself is a team: <c>t_city</c>.</summary>
    public static string? WellKnown => "city";

    private TeamKind()
    {
    }
}

/// <summary>The kind of identifier that names an invitation to a team: <c>inv_…</c>.</summary>
public sealed class InvitationKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "inv_";

    private InvitationKind()
    {
    }
}

/// <summary>The kind of identifier that names a signed-in session: <c>ses_…</c>.</summary>
public sealed class SessionKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "ses_";

    private SessionKind()
    {
    }
}

/// <summary>The kind of identifier that names a wallet account: <c>w_…</c>.</summary>
public sealed class WalletKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "w_";

    private WalletKind()
    {
    }
}

/// <summary>The kind of identifier that names a ledger transfer: <c>tx_…</c>.</summary>
public sealed class TransferKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "tx_";

    private TransferKind()
    {
    }
}

/// <summary>The kind of identifier that names a stake of RINGK: <c>stake_…</c>.</summary>
public sealed class StakeKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "stake_";

    private StakeKind()
    {
    }
}

/// <summary>The kind of identifier that names a conversion of tokens: <c>conv_…</c>.</summary>
public sealed class ConversionKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "conv_";

    private ConversionKind()
    {
    }
}

/// <summary>The kind of identifier that names a payout: <c>pay_…</c>.</summary>
public sealed class PayoutKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "pay_";

    private PayoutKind()
    {
    }
}

/// <summary>The kind of identifier that names an inventory, or a movement of it: <c>rwa_…</c>.</summary>
public sealed class RwaKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "rwa_";

    private RwaKind()
    {
    }
}

/// <summary>The kind of identifier that names a site or resident known to a platform, or one of its deliveries: <c>emb_…</c>.</summary>
public sealed class EmbassyKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "emb_";

    private EmbassyKind()
    {
    }
}

/// <summary>The kind of identifier that names a webhook secret or subscription: <c>hook_…</c>.</summary>
public sealed class WebhookKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "hook_";

    private WebhookKind()
    {
    }
}

/// <summary>The kind of identifier that names an oracle reading: <c>orc_…</c>.</summary>
public sealed class OracleKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "orc_";

    private OracleKind()
    {
    }
}

/// <summary>The kind of identifier that names an event: <c>evt_…</c>.</summary>
public sealed class EventKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "evt_";

    private EventKind()
    {
    }
}

/// <summary>The kind of identifier that names a decision of the PDP: <c>dec_…</c>.</summary>
public sealed class DecisionKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "dec_";

    private DecisionKind()
    {
    }
}

/// <summary>The kind of identifier that names an audit record: <c>aud_…</c>.</summary>
public sealed class AuditKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "aud_";

    private AuditKind()
    {
    }
}

/// <summary>The kind of identifier that names an access key or service key: <c>ak_…</c>.</summary>
public sealed class AccessKeyKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "ak_";

    private AccessKeyKind()
    {
    }
}

/// <summary>The kind of identifier that names a proposal and the policy it becomes: <c>gov_…</c>.</summary>
public sealed class PolicyKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "gov_";

    private PolicyKind()
    {
    }
}

/// <summary>The kind of identifier that names an address in an owner's book: <c>addr_…</c>.</summary>
public sealed class AddressKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "addr_";

    private AddressKind()
    {
    }
}

/// <summary>The kind of identifier that names a transaction on a chain: <c>ctx_…</c>.</summary>
public sealed class ChainTransactionIdKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "ctx_";

    private ChainTransactionIdKind()
    {
    }
}

/// <summary>The kind of identifier that names a message of a webhook: <c>msg_…</c>.</summary>
public sealed class WebhookMessageKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "msg_";

    private WebhookMessageKind()
    {
    }
}

/// <summary>The kind of identifier that names a reservation of quota units: <c>res_…</c>.</summary>
public sealed class ReservationKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "res_";

    private ReservationKind()
    {
    }
}

/// <summary>The kind of identifier that names something unusual in the figures: <c>ano_…</c>.</summary>
public sealed class AnomalyKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "ano_";

    private AnomalyKind()
    {
    }
}
