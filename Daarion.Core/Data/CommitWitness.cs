namespace Daarion.Core.Data;

/// <summary>
/// Knows whether anything that was called since it began may have been committed. An entrance that has to tell a request without effect from one whose
/// effect is unknown (a connection lost during the commit, a caller who left) watches its request with one.
/// </summary>
public sealed class CommitWitness : IDisposable
{
    private static readonly AsyncLocal<CommitWitness?> Watching = new();
    private readonly CommitWitness? outer = Watching.Value;
    private int seen;

    private CommitWitness() => Watching.Value = this;

    /// <summary>True from the moment a commit was sent to the database, whatever became of it.</summary>
    public bool MayHaveCommitted => Volatile.Read(ref seen) != 0;

    /// <summary>Begins to watch what this call, and what it calls, commits.</summary>
    public static CommitWitness Watch() => new();

    /// <inheritdoc/>
    public void Dispose() => Watching.Value = outer;

    /// <summary>Says that a commit is sent now.</summary>
    internal static void Committing()
    {
        for (var witness = Watching.Value; witness is not null; witness = witness.outer)
        {
            Volatile.Write(ref witness.seen, 1);
        }
    }
}
