using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>Why something is not shown: a refusal with its whole chain, what is absent, or what broke with a way to try again.</summary>
public sealed partial class FailurePanel
{
    private DecisionExplanation? explanation;
    private string? explained;

    /// <summary>What went wrong.</summary>
    [Parameter, EditorRequired]
    public CityException Failure { get; set; } = null!;

    /// <summary>Tries again.</summary>
    [Parameter]
    public Func<Task>? OnRetry { get; set; }

    [Inject]
    private IPolicyService Policy { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (Failure.DecisionId is not { } id || id == explained || !DecisionId.TryParse(id, out var decision))
        {
            return;
        }

        explained = id;
        try
        {
            explanation = await Policy.GetDecision(Session.Caller, new DecisionRef(decision), CancellationToken.None);
        }
        catch (CityException)
        {
            // The log lost it, or cannot be asked; the reason alone still says what is the matter.
            explanation = null;
        }
    }
}
