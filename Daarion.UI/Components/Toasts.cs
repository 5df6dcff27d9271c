using Daarion.Core.Kernel;

namespace Daarion.UI.Components;

/// <summary>Short words to the person at the screen, of this circuit.</summary>
public sealed class Toasts
{
    private const int Most = 4;
    private readonly List<Toast> shown = [];

    /// <summary>Raised when there is a new one or one is gone.</summary>
    public event Action? Changed;

    /// <summary>Those to be seen now, oldest first.</summary>
    public IReadOnlyList<Toast> Shown => shown;

    /// <summary>Something is done.</summary>
    public void Done(string text) => Add(new Toast(Guid.NewGuid(), text, null));

    /// <summary>Something failed.</summary>
    public void Failed(CityException failure) => Add(new Toast(Guid.NewGuid(), null, failure));

    /// <summary>Takes one away.</summary>
    public void Remove(Toast toast)
    {
        shown.Remove(toast);
        Changed?.Invoke();
    }

    private void Add(Toast toast)
    {
        shown.Add(toast);
        if (shown.Count > Most)
        {
            shown.RemoveAt(0);
        }

        Changed?.Invoke();
    }
}

/// <summary>One word to the person.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Text">What is done.</param>
/// <param name="Failure">What failed.</param>
public sealed record Toast(Guid Id, string? Text, CityException? Failure);
