using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Decisions;

/// <summary>The pages of this area: the city's rules are in the open, who holds what by name is for those who run it.</summary>
internal static class DecisionTabs
{
    public static IReadOnlyList<AreaTab> Of(Texts t, IConsoleSession session)
    {
        var isOperator = session.Person is { IsOperator: true };
        return
        [
            new(t["decisions.log"], "/decisions"),
            new(t["decisions.why_title"], "/why"),
            .. isOperator ? [new AreaTab(t["access.who_can"], "/who-can")] : Array.Empty<AreaTab>(),
            new(t["access.what_can"], "/what-can"),
            new(t["access.capabilities"], "/capabilities"),
            new(t["access.bundles"], "/bundles"),
            new(t["access.plans"], "/plans"),
            .. isOperator ? [new AreaTab(t["keys.title"], "/keys")] : Array.Empty<AreaTab>(),
            new(t["access.versions"], "/registry"),
        ];
    }
}
