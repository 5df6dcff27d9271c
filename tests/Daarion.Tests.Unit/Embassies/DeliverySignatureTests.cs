using System.Text;
using Daarion.Core.Embassies;

namespace Daarion.Tests.Unit.Embassies;

public sealed class DeliverySignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly PlatformKey Key = PlatformKey.Of(Secret);
    private static readonly PlatformKey Other = PlatformKey.Of(PlatformKey.NewSecret());
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    // Computed with Python's hmac and with openssl.
    [Fact]
    public void The_first_style_takes_the_printed_secret_as_it_stands() =>
        Assert.Equal("sha256=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964", DeliverySignature.Sign(Key, null, Timestamp, Body));

    // The vector of the Standard Webhooks libraries.
    [Fact]
    public void Standard_webhooks_take_the_bytes_behind_the_prefix() =>
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", DeliverySignature.Sign(Key, Id, Timestamp, Body));

    [Theory]
    [InlineData(null)]
    [InlineData(Id)]
    public void A_good_signature_is_known_by_the_secret_that_made_it(string? id)
    {
        var delivery = Signed(id);

        Assert.Equal(SignatureState.Valid, DeliverySignature.Check(delivery, Key, null, Now));
        Assert.Equal(SignatureState.ValidPrevious, DeliverySignature.Check(delivery, Other, Key, Now));
        Assert.Equal(SignatureState.Mismatch, DeliverySignature.Check(delivery, Other, null, Now));
        Assert.Equal(SignatureState.UnknownPlatform, DeliverySignature.Check(delivery, null, null, Now));
    }

    [Fact]
    public void A_signature_by_the_whole_text_of_the_secret_is_taken_in_the_second_style_too()
    {
        var mac = System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body]);

        Assert.Equal(SignatureState.Valid, DeliverySignature.Check(Signed(Id) with { Signature = $"v1,{Convert.ToBase64String(mac)}" }, Key, null, Now));
    }

    [Theory]
    [InlineData(0, SignatureState.Valid)]
    [InlineData(300, SignatureState.Valid)]
    [InlineData(-300, SignatureState.Valid)]
    [InlineData(301, SignatureState.Stale)]
    [InlineData(-301, SignatureState.Stale)]
    public void A_delivery_is_good_for_five_minutes_either_way(int seconds, SignatureState expected) =>
        Assert.Equal(expected, DeliverySignature.Check(Signed(null), Key, null, Now.AddSeconds(seconds)));

    [Fact]
    public void One_good_signature_among_several_is_enough()
    {
        var signed = Signed(Id);

        var many = signed with { Signature = $"v1a,AAAA v1,{Convert.ToBase64String(new byte[32])} {signed.Signature}" };

        Assert.Equal(SignatureState.Valid, DeliverySignature.Check(many, Key, null, Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("sha256=zz")]
    [InlineData("sha1=0000000000000000000000000000000000000000")]
    [InlineData("v1,")]
    [InlineData("Ж")]
    public void What_is_no_signature_is_refused(string signature)
    {
        Assert.NotEqual(SignatureState.Valid, DeliverySignature.Check(Signed(null) with { Signature = signature }, Key, null, Now));
        Assert.NotEqual(SignatureState.Valid, DeliverySignature.Check(Signed(Id) with { Signature = signature }, Key, null, Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("1614265330.0")]
    [InlineData("99999999999999999999999")]
    public void What_is_no_time_is_refused(string? timestamp) =>
        Assert.NotEqual(SignatureState.Valid, DeliverySignature.Check(Signed(null) with { Timestamp = timestamp }, Key, null, Now));

    [Fact]
    public void Changing_any_byte_of_the_body_breaks_the_signature()
    {
        for (var i = 0; i < Body.Length; i++)
        {
            var changed = Body.ToArray();
            changed[i] ^= 1;

            Assert.Equal(SignatureState.Mismatch, DeliverySignature.Check(Signed(null) with { Body = changed }, Key, null, Now));
        }
    }

    private static SignedDelivery Signed(string? id) => new("energyunion", "energy", Timestamp, DeliverySignature.Sign(Key, id, Timestamp, Body), id, Body);
}
