using System.Numerics;
using System.Text;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Wallets;

/// <summary>What a chain is spoken to with, against the vectors of its standards.</summary>
public sealed class EvmTests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Keccak_is_that_before_sha3(string text, string hash) => Assert.Equal(hash, Convert.ToHexStringLower(Keccak.Hash(Encoding.ASCII.GetBytes(text))));

    // The examples of EIP-55.
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    public void An_address_is_written_with_its_check(string address)
    {
        Assert.Equal(address, EvmAddress.Parse("0x" + address[2..].ToLowerInvariant()).Value);
        Assert.Equal(address, EvmAddress.Parse(address).Value);
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")]
    [InlineData("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    [InlineData("")]
    public void A_mistyped_address_is_refused(string address) => Assert.Equal(["address"], Assert.Throws<CityException>(() => EvmAddress.Parse(address)).Errors.Keys);

    [Fact]
    public void Lists_and_texts_have_their_lengths_in_front()
    {
        Assert.Equal("83646f67", Convert.ToHexStringLower(Rlp.Text("dog"u8)));
        Assert.Equal("c88363617483646f67", Convert.ToHexStringLower(Rlp.List(Rlp.Text("cat"u8), Rlp.Text("dog"u8))));
        Assert.Equal("80", Convert.ToHexStringLower(Rlp.Number(0)));
        Assert.Equal("0f", Convert.ToHexStringLower(Rlp.Number(15)));
        Assert.Equal("820400", Convert.ToHexStringLower(Rlp.Number(1024)));
        Assert.Equal("c0", Convert.ToHexStringLower(Rlp.List()));
        Assert.Equal("c7c0c1c0c3c0c1c0", Convert.ToHexStringLower(Rlp.List(Rlp.List(), Rlp.List(Rlp.List()), Rlp.List(Rlp.List(), Rlp.List(Rlp.List())))));
        Assert.Equal("b838", Convert.ToHexStringLower(Rlp.Text(Encoding.ASCII.GetBytes("Lorem ipsum dolor sit amet, consectetur adipisicing elit"))[..2]));
    }

    [Theory]
    [InlineData("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001", "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")]
    public void A_key_has_its_address(string key, string address) => Assert.Equal(address, EvmKey.Read(key)!.Address.Value);

    [Theory]
    [InlineData("0x00")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("not a key at all, though it is sixty-four characters long, really")]
    public void What_is_no_key_is_none(string key) => Assert.Null(EvmKey.Read(key));

    [Property(MaxTest = 100)]
    public bool Whoever_signs_is_found_from_the_signature(byte[] message)
    {
        var key = EvmKey.Read("0x0000000000000000000000000000000000000000000000000000000000000001")!;
        var hash = Keccak.Hash(message);
        var signature = key.Sign(hash);

        return EvmKey.Recover(hash, signature) == key.Address && key.Sign(hash) == signature && EvmKey.Recover(Keccak.Hash([.. message, 1]), signature) != key.Address;
    }

    [Theory]
    [InlineData("2.5", 18, "2500000000000000000")]
    [InlineData("0.000000001", 9, "1")]
    [InlineData("1.5", 0, null)]
    [InlineData("0.01", 2, "1")]
    [InlineData("0.001", 2, null)]
    public void An_amount_comes_out_whole_or_not_at_all(string amount, int decimals, string? units) =>
        Assert.Equal(units is null ? null : BigInteger.Parse(units, System.Globalization.CultureInfo.InvariantCulture), Erc20.Units(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), decimals));
}
