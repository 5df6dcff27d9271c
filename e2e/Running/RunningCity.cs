namespace Daarion.E2E.Running;

/// <summary>A city that tests share. Its webhooks may go to this machine.</summary>
public sealed class RunningCity : IAsyncLifetime
{
    public CityProcess Process { get; } = new() { Settings = { ["DAARION_WEBHOOK_NETWORKS"] = "127.0.0.1/32" } };

    public Task InitializeAsync() => Process.Start();

    public Task DisposeAsync() => Process.DisposeAsync().AsTask();
}
