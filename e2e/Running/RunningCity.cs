namespace Daarion.E2E.Running;

/// <summary>A city that a class of tests shares.</summary>
public sealed class RunningCity : IAsyncLifetime
{
    public CityProcess Process { get; } = new();

    public Task InitializeAsync() => Process.Start();

    public Task DisposeAsync() => Process.DisposeAsync().AsTask();
}
