using System.Diagnostics;

namespace Daarion.Core.Kernel;

/// <summary>
/// The scope that opens around every call of a contract, whoever calls. It knows the caller, records the decisions taken, and counts
/// what the call cost. Two guards make the PEP impossible to forget: saving without an allowing decision throws
/// (<see cref="EnsureAllowed"/>), and an operation that ends without having asked gives no answer (<see cref="EnsureAsked"/>).
/// </summary>
public sealed class Operation
{
    private DecisionNumber first;
    private List<DecisionNumber>? others;
    private int asked;
    private int allowed;
    private UserId? proven;
    private List<Func<Task>>? taken;
    private HashSet<string>? counted;
    private bool mayHaveCommitted;

    /// <summary>The service whose contract was called; empty before the scope is opened.</summary>
    public string Service { get; private set; } = string.Empty;

    /// <summary>The method of the contract, or the consumer.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>Who called.</summary>
    public Caller Caller { get; private set; } = Caller.ForService("none");

    /// <summary>Who its events name: the caller, or whoever a visitor proved to be.</summary>
    public (string Id, SubjectKind Kind) Actor => proven is { } user ? (user.Value, SubjectKind.User) : Caller.Actor;

    /// <summary>The span of this operation.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>What it has cost so far.</summary>
    public OperationCost Cost { get; } = new();

    /// <summary>The decisions taken in this scope, in order; written out each time it is asked for.</summary>
    public IReadOnlyList<string> Decisions => asked == 0 ? [] : [first.Id.Value, .. (others ?? []).Select(decision => decision.Id.Value)];

    /// <summary>The decision taken last; null before the first.</summary>
    public DecisionId? LastDecision => asked == 0 ? null : (others is null ? first : others[^1]).Id;

    /// <summary>Opens the scope. Called once, by <see cref="OperationRunner"/>.</summary>
    internal void Begin(string service, string name, Caller caller, Activity? activity)
    {
        Service = service;
        Name = name;
        Caller = caller;
        Activity = activity;
    }

    /// <summary>A visitor proved who they are: what happens from here on is theirs.</summary>
    public void Prove(UserId user) => proven = user;

    /// <summary>Records a decision of the PDP. Only the policy's access point calls it.</summary>
    internal void Record(DecisionNumber decision, bool allow)
    {
        // Most operations ask once.
        if (asked++ == 0)
        {
            first = decision;
        }
        else
        {
            (others ??= []).Add(decision);
        }

        allowed += allow ? 1 : 0;
    }

    /// <summary>True the first time an action is asked for in this scope: one operation is done once, however many things it is done to.</summary>
    internal bool CountsFirst(string action) => (counted ??= new(StringComparer.Ordinal)).Add(action);

    /// <summary>Units were taken for this operation: they are given back when it fails.</summary>
    internal void Remember(Func<Task>? giveBack)
    {
        if (giveBack is not null)
        {
            (taken ??= []).Add(giveBack);
        }
    }

    /// <summary>A commit is sent now.</summary>
    internal void Committing() => mayHaveCommitted = true;

    /// <summary>True where units have to be given back after a failure: not where its effect may stand although nobody got the answer.</summary>
    internal bool OwesUnits(Exception failure) =>
        taken is not null && (!mayHaveCommitted || failure is CityException { Code: not (ErrorCode.Unavailable or ErrorCode.InternalError) });

    /// <summary>Gives back what was taken: after a failure, and where an operation finds that there was nothing to do.</summary>
    internal async Task GiveBack()
    {
        foreach (var giveBack in Interlocked.Exchange(ref taken, null) ?? [])
        {
            await giveBack();
        }
    }

    /// <summary>The first guard: nothing is saved without an allowing decision.</summary>
    /// <exception cref="InvalidOperationException">A bug: the operation changes state without having asked.</exception>
    public void EnsureAllowed()
    {
        if (allowed == 0)
        {
            throw new InvalidOperationException($"{Service}.{Name} changes state without an allowing decision of the PDP");
        }
    }

    /// <summary>The second guard: no answer without having asked.</summary>
    /// <exception cref="InvalidOperationException">A bug: the operation never asked the PDP.</exception>
    public void EnsureAsked()
    {
        if (asked == 0)
        {
            throw new InvalidOperationException($"{Service}.{Name} ended without having asked the PDP");
        }
    }
}
