namespace Daarion.E2E.Running;

/// <summary>Tests that share one browser, and a city where they do not mind what others did in it.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<ConsoleBrowser>, ICollectionFixture<RunningCity>
{
    public const string Name = "browser";
}
