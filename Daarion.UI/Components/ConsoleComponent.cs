using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>Every component of the console has its words.</summary>
public abstract class ConsoleComponent : ComponentBase
{
    /// <summary>The words of the screen.</summary>
    [Inject]
    protected Texts T { get; set; } = null!;
}
