using Daarion.UI.Components;

namespace Daarion.Tests.Ui;

/// <summary>Any id that is pasted into the palette leads to its page, and nothing else does.</summary>
public sealed class AddressesTests
{
    private const string Ulid = "01jcqm8y3d5f7h9k1m3n5p7r9t";

    [Theory]
    [InlineData("pay_", "/payouts/")]
    [InlineData("rwa_", "/movements/")]
    [InlineData("orc_", "/readings/")]
    [InlineData("emb_", "/deliveries/")]
    [InlineData("evt_", "/events/messages/")]
    [InlineData("t_", "/teams/")]
    [InlineData("u_", "/people/")]
    [InlineData("tx_", "/transactions/")]
    [InlineData("dec_", "/decisions/")]
    [InlineData("aud_", "/settings/audit/")]
    [InlineData("ak_", "/keys/")]
    [InlineData("ses_", "/settings/sessions/")]
    [InlineData("w_", "/wallets/")]
    [InlineData("inv_", "/invitations/")]
    public void Each_kind_of_id_has_its_page(string prefix, string page) => Assert.Equal(page + prefix + Ulid, Addresses.Find(prefix + Ulid));

    [Theory]
    [InlineData("0af7651916cd43dd8448eb211c80319c")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("0AF7651916CD43DD8448EB211C80319C")]
    public void A_trace_is_found_by_its_id_and_by_a_whole_traceparent(string text) => Assert.Equal("/traces/0af7651916cd43dd8448eb211c80319c", Addresses.Find(text));

    [Fact]
    public void Quotes_and_spaces_around_a_pasted_id_do_no_harm() => Assert.Equal($"/payouts/pay_{Ulid}", Addresses.Find($"  \"PAY_{Ulid.ToUpperInvariant()}\", "));

    [Fact]
    public void The_city_is_a_team() => Assert.Equal("/teams/t_city", Addresses.Find("t_city"));

    [Theory]
    [InlineData("")]
    [InlineData("pay_")]
    [InlineData("pay_tooshort")]
    [InlineData("xyz_01jcqm8y3d5f7h9k1m3n5p7r9t")]
    [InlineData("payouts")]
    [InlineData("pay_01jcqm8y3d5f7h9k1m3n5p7r9t/../../settings")]
    public void What_is_no_id_leads_nowhere(string text) => Assert.Null(Addresses.Find(text));
}
