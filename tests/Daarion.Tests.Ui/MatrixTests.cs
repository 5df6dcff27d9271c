using Daarion.Core.Capabilities;
using Daarion.Core.Policy;
using Daarion.UI.Pages.Access;

namespace Daarion.Tests.Ui;

/// <summary>What was changed in the matrix and not saved yet, as operations and as the change of each bundle.</summary>
public sealed class MatrixTests
{
    private readonly MatrixEdits edits = new();

    public MatrixTests()
    {
        edits.Take(Bundle("role.Member", 7, new BundleCapability("task.create", DecisionScope.All, ViewerType.Contributor), new BundleCapability("task.read", DecisionScope.All, null)));
        edits.Take(Bundle("role.Visitor", 3, new BundleCapability("task.read", DecisionScope.Own, null)));
    }

    [Fact]
    public void A_cell_goes_from_nothing_to_everything_to_ones_own_and_back()
    {
        var seen = new List<CellHold>();
        for (var click = 0; click < 3; click++)
        {
            edits.Toggle("role.Visitor", "task.create");
            seen.Add(edits.At("role.Visitor", "task.create"));
        }

        Assert.Equal([CellHold.All, CellHold.Own, CellHold.No], seen);
        Assert.Equal(0, edits.Count);
    }

    [Fact]
    public void Edits_are_operations_and_keep_the_viewer_type()
    {
        edits.Set("role.Member", "task.create", CellHold.Own);
        edits.Set("role.Visitor", "task.read", CellHold.No);

        Assert.Equal(
            [new RegistryOperation(RegistryOp.AddCap, "role.Member", "task.create", DecisionScope.Own, ViewerType.Contributor), new RegistryOperation(RegistryOp.RemoveCap, "role.Visitor", "task.read")],
            edits.Operations());
    }

    [Fact]
    public void Each_bundle_is_changed_as_it_was_looked_at()
    {
        edits.Set("role.Visitor", "task.create", CellHold.Own);
        edits.Set("role.Visitor", "task.read", CellHold.No);

        var change = edits.Change("role.Visitor");

        Assert.Equal(["task.create:own"], change.Add!);
        Assert.Equal(["task.read"], change.Remove!);
        Assert.Equal(3, change.ExpectedVersion);
        Assert.Equal(["role.Visitor"], edits.Bundles);
    }

    [Fact]
    public void What_somebody_else_has_made_true_is_no_edit_any_more()
    {
        edits.Set("role.Visitor", "task.read", CellHold.No);
        edits.Set("role.Visitor", "task.create", CellHold.All);

        edits.Take(Bundle("role.Visitor", 9));

        Assert.False(edits.IsEdited("role.Visitor", "task.read"));
        Assert.Equal(9, edits.Change("role.Visitor").ExpectedVersion);
        Assert.Equal(1, edits.Count);
    }

    private static BundleDetail Bundle(string name, long version, params BundleCapability[] holds) => new($"bundle_{name}", name, BundleKind.Role, version, holds);
}
