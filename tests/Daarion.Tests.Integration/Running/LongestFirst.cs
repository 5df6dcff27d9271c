using Daarion.Tests.Integration.Gateway.Hostile;
using Daarion.Tests.Integration.Relay;
using Daarion.Tests.Integration.Wallets.Chain;
using Daarion.Tests.Integration.Wallets.Model;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Daarion.Tests.Integration.Running.LongestFirst", "Daarion.Tests.Integration")]

namespace Daarion.Tests.Integration.Running;

/// <summary>Begins with the collections that take longest, so that none of them is left to run alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
        [CityCollection.Name, HostileCityCollection.Name, RelayCollection.Name, nameof(LedgerModelTests), nameof(TwoRelaysTests), nameof(ChainKillTests), nameof(ChainTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Place);

    private static int Place(ITestCollection collection)
    {
        var place = Array.FindIndex(Longest, name => collection.DisplayName == name || collection.DisplayName.EndsWith($".{name}", StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
