using Bunit;
using Daarion.Core.Policy;
using Daarion.UI.Pages.Access;

namespace Daarion.Tests.Ui;

/// <summary>A cell of the matrix is changed by those who may and read by everybody.</summary>
public sealed class MatrixCellTests : Screen
{
    [Fact]
    public void Who_may_change_it_toggles_it_and_hears_what_it_is()
    {
        var toggled = 0;
        var cell = Render<MatrixCell>(cell => cell
            .Add(x => x.Bundle, "role.Member").Add(x => x.Code, "task.create").Add(x => x.Hold, CellHold.Own).Add(x => x.Viewer, ViewerType.Contributor).Add(x => x.Edited, true)
            .Add(x => x.OnToggle, () => toggled++));

        cell.Find("button.cell.own.edited").Click();

        Assert.Equal(1, toggled);
        Assert.Equal("role.Member · task.create: only for what is one's own, changed, not saved", cell.Find("button").GetAttribute("aria-label"));
        Assert.Equal("c", cell.Find("small").TextContent);
    }

    [Theory]
    [InlineData("en-GB", "role.Visitor · task.create: not held")]
    [InlineData("uk-UA", "role.Visitor · task.create: немає")]
    public void Who_may_only_read_it_is_told_the_same_and_finds_nothing_to_press(string culture, string label)
    {
        Speak(culture);

        var cell = Render<MatrixCell>(cell => cell.Add(x => x.Bundle, "role.Visitor").Add(x => x.Code, "task.create").Add(x => x.Hold, CellHold.No));

        Assert.Empty(cell.FindAll("button"));
        Assert.Equal(label, cell.Find(".cell.no[role=img]").GetAttribute("aria-label"));
    }
}
