using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Embassy;

/// <summary>The pages of this area.</summary>
internal static class EmbassyTabs
{
    /// <summary>The step to the area: platforms are the operators' alone.</summary>
    public static Crumb First(Texts t, IConsoleSession session) => new(t["nav.rwa"], session.Person is { IsOperator: true } ? "/platforms" : "/sites");

    public static IReadOnlyList<AreaTab> Of(Texts t, IConsoleSession session)
    {
        List<AreaTab> everybody =
        [
            new(t["embassy.readings"], "/readings"), new(t["embassy.held_queue"], "/readings/held"), new(t["rwa.inventory"], "/inventory"), new(t["rwa.movements"], "/movements"),
            new(t["rwa.claims"], "/claims"), new(t["webhooks.title"], "/webhooks"),
        ];
        return session.Person is { IsOperator: true }
            ? [new(t["embassy.platforms"], "/platforms"), new(t["embassy.sites"], "/sites"), new(t["embassy.deliveries"], "/deliveries"), .. everybody, new(t["rwa.adjustments"], "/adjustments")]
            : [new(t["embassy.sites"], "/sites"), .. everybody];
    }
}
