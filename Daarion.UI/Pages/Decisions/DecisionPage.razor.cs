using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Decisions;

/// <summary>One decision, as it was taken.</summary>
public sealed partial class DecisionPage
{
    private static readonly TimeSpan LogIsBehind = TimeSpan.FromMilliseconds(400);
    private DecisionExplanation? decision;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IPolicyService Policy { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    protected override async Task Load() => decision = await Once("decision", Find);

    // The log writes behind: whoever comes straight from a refusal may be a moment early.
    private async Task<DecisionExplanation> Find()
    {
        var request = new DecisionRef(DecisionId.Parse(Id));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Policy.GetDecision(Caller, request, Gone);
            }
            catch (CityException e) when (e.Code == ErrorCode.NotFound && attempt < 3)
            {
                await Task.Delay(LogIsBehind, Clock, Gone);
            }
        }
    }
}
