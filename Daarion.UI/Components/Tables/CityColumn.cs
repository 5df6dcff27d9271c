using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components.Tables;

/// <summary>One column of a <see cref="CityTable{TItem}"/>; tells its table of itself and shows nothing.</summary>
/// <typeparam name="TItem">What a row is.</typeparam>
[CascadingTypeParameter(nameof(TItem))]
public sealed class CityColumn<TItem> : ComponentBase
{
    /// <summary>Its name in the address and the file.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>What it is called.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>What a cell shows.</summary>
    [Parameter, EditorRequired]
    public RenderFragment<TItem> ChildContent { get; set; } = null!;

    /// <summary>The cell in a file; a column without it is not exported.</summary>
    [Parameter]
    public Func<TItem, object?>? Value { get; set; }

    /// <summary>Numbers stand right.</summary>
    [Parameter]
    public bool Number { get; set; }

    /// <summary>Shown only when chosen.</summary>
    [Parameter]
    public bool Optional { get; set; }

    /// <summary>The order a click on its title asks for.</summary>
    [Parameter]
    public string? Sort { get; set; }

    /// <summary>Where it stands on a narrow screen.</summary>
    [Parameter]
    public Slot Slot { get; set; }

    [CascadingParameter]
    private CityTable<TItem> Table { get; set; } = null!;

    protected override void OnInitialized() => Table.Add(this);
}
