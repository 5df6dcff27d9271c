using System.Net;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class AddressBlockTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void A_household_is_one_place_however_many_addresses_it_has(string address, string block) => Assert.Equal(block, AddressBlock.Of(IPAddress.Parse(address)));

    [Fact]
    public void No_address_is_no_place() => Assert.Null(AddressBlock.Of(null));
}
