using System.Net;
using Daarion.Core.Data;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration;

[Collection(CityCollection.Name)]
public sealed class CityTests(CityFixture city)
{
    [Fact]
    public void After_the_start_no_migration_is_missing() => Assert.Empty(city.Get<Migrator>().Missing());

    [Fact]
    public async Task Internal_addresses_do_not_exist_on_the_public_listener()
    {
        using var answer = await city.Public.GetAsync("/internal/v1/team");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
