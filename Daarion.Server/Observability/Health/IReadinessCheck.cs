namespace Daarion.Server.Observability.Health;

/// <summary>Something the city cannot do its work without.</summary>
internal interface IReadinessCheck
{
    /// <summary>What it is called in the answer.</summary>
    string Name { get; }

    /// <summary>Looks whether it is usable and says in a few words how it is. Throws where it is not.</summary>
    Task<string> Check(CancellationToken ct);
}

/// <summary>It is not usable, and this is what a caller may know of the reason.</summary>
internal sealed class NotReadyException(string detail, Exception? cause = null) : Exception(detail, cause);
