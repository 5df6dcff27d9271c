using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Decisions;

/// <summary>The pages of this area: the registry is for those who run the city, the rest for everybody.</summary>
internal static class DecisionTabs
{
    public static IReadOnlyList<AreaTab> Of(Texts t, IConsoleSession session)
    {
        List<AreaTab> tabs = [new(t["decisions.log"], "/decisions"), new(t["decisions.why_title"], "/why"), new(t["access.what_can"], "/what-can")];
        if (session.Person is { IsOperator: true })
        {
            tabs.InsertRange(2, [new(t["access.who_can"], "/who-can")]);
            tabs.AddRange([new(t["access.capabilities"], "/capabilities"), new(t["access.bundles"], "/bundles"), new(t["access.plans"], "/plans"), new(t["keys.title"], "/keys"), new(t["access.versions"], "/registry")]);
        }

        return tabs;
    }
}
