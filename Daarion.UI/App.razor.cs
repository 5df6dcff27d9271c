using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Components.Routing;

namespace Daarion.UI;

/// <summary>The document. Pages before the sign-in are plain documents; all others become live.</summary>
public sealed partial class App
{
    [Inject]
    private Texts T { get; set; } = null!;

    [Inject]
    private ScreenWishes Wishes { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    private IComponentRenderMode? Mode => Http.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;
}
