namespace Daarion.Tests.Integration.Embedded;

/// <summary>Tests that start servers of their own, one after the other and beside nothing else: they measure times.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ServerCollection
{
    public const string Name = "servers";
}
