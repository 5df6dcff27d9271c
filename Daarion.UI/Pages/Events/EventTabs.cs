using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Events;

/// <summary>The pages of this area.</summary>
internal static class EventTabs
{
    public static IReadOnlyList<AreaTab> Of(Texts t) =>
    [
        new(t["events.streams"], "/events"), new(t["events.outbox"], "/outbox"), new(t["events.dead"], "/dead-letters"), new(t["events.catalogue"], "/catalogue"), new(t["events.replay"], "/replay"), new(t["events.services"], "/services"),
    ];
}
