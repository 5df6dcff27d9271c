using Daarion.Core.Auth;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Settings;

/// <summary>Makes a service key that holds exactly what is chosen here.</summary>
public sealed partial class NewServiceKey
{
    private readonly HashSet<string> chosen = new(StringComparer.Ordinal);
    private IReadOnlyList<CapabilityView> all = [];
    private RightSet may = RightSet.None;
    private ServiceKeySecret? made;
    private string name = "";
    private string filter = "";
    private int days;

    [Inject]
    private IServiceKeyService Keys { get; set; } = null!;

    [Inject]
    private ICapabilityService Capabilities { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override async Task Load()
    {
        may = await Rights.In(null, Gone, "auth.service_key.manage");
        all = (await Once("capabilities", () => Capabilities.ListCapabilities(Caller, new CapabilityFilter(Page: new PageRequest(PageRequest.MaxLimit)), Gone))).Items;
    }

    private void Choose(string code, bool held)
    {
        if (held)
        {
            chosen.Add(code);
        }
        else
        {
            chosen.Remove(code);
        }
    }

    private async Task Create() =>
        made = await Keys.Create(Caller, new CreateServiceKey(name.Trim(), [.. chosen.Order(StringComparer.Ordinal)], days == 0 ? null : Clock.Now.AddDays(days)), Gone);
}
