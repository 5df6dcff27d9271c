using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Settings;

/// <summary>The pages of this area.</summary>
internal static class SettingsTabs
{
    public static IReadOnlyList<AreaTab> Of(Texts t, IConsoleSession session) => session.Person is { IsOperator: true }
        ?
        [
            new(t["settings.operators"], "/settings", true), new(t["settings.sessions"], "/settings/sessions"), new(t["settings.service_keys"], "/settings/service-keys"), new(t["settings.clients"], "/settings/apps"),
            new(t["settings.audit"], "/settings/audit"), new(t["nav.me"], "/me"),
        ]
        : [new(t["nav.me"], "/me"), new(t["settings.sessions"], "/settings/sessions")];
}
