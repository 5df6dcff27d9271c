using System.Collections.Concurrent;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>The last decisions of this process.</summary>
internal sealed class RecentDecisions : IDecisionLog
{
    private const int Capacity = 1000;
    private readonly ConcurrentQueue<TakenDecision> decisions = new();

    public void Write(TakenDecision decision)
    {
        decisions.Enqueue(decision);
        while (decisions.Count > Capacity)
        {
            decisions.TryDequeue(out _);
        }
    }

    public Task<Page<DecisionRecord>> List(DecisionFilter filter, CancellationToken ct) => Task.FromResult(Page<DecisionRecord>.Empty);

    public Task<DecisionExplanation?> Find(DecisionId id, CancellationToken ct) =>
        Task.FromResult(decisions.FirstOrDefault(decision => decision.Id == id)?.Explain());
}
