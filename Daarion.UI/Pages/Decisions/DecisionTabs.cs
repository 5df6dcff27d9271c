using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Decisions;

/// <summary>The pages of this area.</summary>
internal static class DecisionTabs
{
    public static IReadOnlyList<AreaTab> Of(Texts t, IConsoleSession session) =>
    [
        new(t["decisions.log"], "/decisions"), new(t["decisions.why_title"], "/why"),
        .. session.Person is { IsOperator: true } ? [new AreaTab(t["keys.title"], "/keys")] : Array.Empty<AreaTab>(),
    ];
}
