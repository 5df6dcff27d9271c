using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.UI.Text;

namespace Daarion.UI.Components;

/// <summary>
/// A change of the registry while it is put together: what it would do and which rules it would break, asked again whenever it becomes another.
/// Only the newest answer counts; one that comes late says nothing of the change as it is now.
/// </summary>
public sealed class ChangeCheck
{
    private static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private int asked;

    /// <summary>The newest answer; null while the change is not complete, or wrong.</summary>
    public CheckedChange? Found { get; private set; }

    /// <summary>What is wrong with it, by the names of the contract's fields.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; private set; } = NoErrors;

    /// <summary>It is being checked.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Why the change cannot be made as it is; null where it can.</summary>
    public string? Hinders(Texts t) => this switch
    {
        { IsUnderWay: true } => t["governance.checking"],
        { Found.Violations.Count: > 0 } => t["governance.breaks_rules"],
        { Found: not null } => null,
        { Errors.Count: > 0 } => t["governance.something_wrong"],
        _ => t["governance.check_waits"],
    };

    /// <summary>Asks for an answer about the change as it is now.</summary>
    /// <param name="ask">Asks; null where the change is not complete.</param>
    /// <param name="ct">The page is left.</param>
    /// <param name="pause">What to wait for before: who types on is asked about only when they rest.</param>
    public async Task Ask(Func<Task<CheckedChange?>> ask, CancellationToken ct, Task? pause = null)
    {
        var mine = ++asked;
        IsUnderWay = true;
        await (pause ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (mine != asked || ct.IsCancellationRequested)
        {
            return;
        }

        var (found, errors) = (default(CheckedChange), NoErrors);
        try
        {
            found = await ask();
        }
        catch (CityException e)
        {
            errors = e.Errors.Count > 0 ? e.Errors : new Dictionary<string, string[]>(StringComparer.Ordinal) { ["operations[0]"] = [e.Message] };
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }

        if (mine == asked)
        {
            (Found, Errors, IsUnderWay) = (found, errors, false);
        }
    }

    /// <summary>There is no change any more.</summary>
    public void Forget()
    {
        asked++;
        (Found, Errors, IsUnderWay) = (null, NoErrors, false);
    }
}

/// <summary>A change that was checked.</summary>
/// <param name="Violations">The rules it would break.</param>
/// <param name="Changes">What it would change, line by line.</param>
/// <param name="Operations">Its operations; the computed ones where it takes something back.</param>
public sealed record CheckedChange(IReadOnlyList<RuleViolation> Violations, IReadOnlyList<RegistryChange> Changes, IReadOnlyList<RegistryOperation> Operations);
