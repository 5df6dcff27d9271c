using Daarion.Core.Capabilities;
using Daarion.Core.Policy;

namespace Daarion.UI.Pages.Access;

/// <summary>How a bundle holds a capability, for a cell of the matrix.</summary>
public enum CellHold
{
    /// <summary>Not at all.</summary>
    No,

    /// <summary>For what is one's own.</summary>
    Own,

    /// <summary>For everything.</summary>
    All,
}

/// <summary>The matrix with what was changed in it and not saved yet.</summary>
public sealed class MatrixEdits
{
    private readonly Dictionary<(string Bundle, string Code), BundleCapability> held = [];
    private readonly Dictionary<(string Bundle, string Code), CellHold> edits = [];
    private readonly Dictionary<string, long> versions = new(StringComparer.Ordinal);

    /// <summary>How many cells differ.</summary>
    public int Count => edits.Count;

    /// <summary>The bundles that would change.</summary>
    public IEnumerable<string> Bundles => edits.Keys.Select(cell => cell.Bundle).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Takes in what a bundle holds now; edits that it has made true are no edits any more.</summary>
    public void Take(BundleDetail bundle)
    {
        foreach (var cell in held.Keys.Where(cell => cell.Bundle == bundle.Name).ToList())
        {
            held.Remove(cell);
        }

        versions[bundle.Name] = bundle.Version;
        foreach (var capability in bundle.Capabilities)
        {
            held[(bundle.Name, capability.Capability)] = capability;
        }

        foreach (var (cell, wanted) in edits.Where(edit => edit.Key.Bundle == bundle.Name).ToList())
        {
            if (Held(cell.Bundle, cell.Code) == wanted)
            {
                edits.Remove(cell);
            }
        }
    }

    /// <summary>As it is in the registry.</summary>
    public CellHold Held(string bundle, string code) => held.TryGetValue((bundle, code), out var grant) ? grant.Scope == DecisionScope.Own ? CellHold.Own : CellHold.All : CellHold.No;

    /// <summary>As it is in the registry, with the viewer type it takes.</summary>
    public BundleCapability? Grant(string bundle, string code) => held.GetValueOrDefault((bundle, code));

    /// <summary>As it would be.</summary>
    public CellHold At(string bundle, string code) => edits.TryGetValue((bundle, code), out var wanted) ? wanted : Held(bundle, code);

    /// <summary>Whether it would be otherwise than it is.</summary>
    public bool IsEdited(string bundle, string code) => edits.ContainsKey((bundle, code));

    /// <summary>The next of no, everything, own.</summary>
    public void Toggle(string bundle, string code) => Set(bundle, code, At(bundle, code) switch { CellHold.No => CellHold.All, CellHold.All => CellHold.Own, _ => CellHold.No });

    /// <summary>Sets a cell; what is as in the registry is no edit.</summary>
    public void Set(string bundle, string code, CellHold wanted)
    {
        if (Held(bundle, code) == wanted)
        {
            edits.Remove((bundle, code));
        }
        else
        {
            edits[(bundle, code)] = wanted;
        }
    }

    /// <summary>Forgets every edit.</summary>
    public void Clear() => edits.Clear();

    /// <summary>The edits as operations, by bundle and code.</summary>
    public IReadOnlyList<RegistryOperation> Operations() => [.. Ordered().Select(edit => edit.Wanted == CellHold.No
        ? new RegistryOperation(RegistryOp.RemoveCap, edit.Bundle, edit.Code)
        : new RegistryOperation(RegistryOp.AddCap, edit.Bundle, edit.Code, edit.Wanted == CellHold.Own ? DecisionScope.Own : DecisionScope.All, Grant(edit.Bundle, edit.Code)?.Viewer))];

    /// <summary>The edits of one bundle as its change, for the version that was looked at.</summary>
    public PutBundleCaps Change(string bundle)
    {
        var mine = Ordered().Where(edit => edit.Bundle == bundle).ToList();
        return new(
            bundle,
            [.. mine.Where(edit => edit.Wanted != CellHold.No).Select(edit => edit.Wanted == CellHold.Own ? edit.Code + ":own" : edit.Code)],
            [.. mine.Where(edit => edit.Wanted == CellHold.No).Select(edit => edit.Code)],
            versions.TryGetValue(bundle, out var version) ? version : null);
    }

    private IEnumerable<(string Bundle, string Code, CellHold Wanted)> Ordered() => edits
        .Select(edit => (edit.Key.Bundle, edit.Key.Code, edit.Value)).OrderBy(edit => edit.Bundle, StringComparer.Ordinal).ThenBy(edit => edit.Code, StringComparer.Ordinal);
}
