using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Running;

/// <summary>A city of a test class's own, empty at first, with a clock that the tests turn and with everything it logs.</summary>
public class FreshCity : IAsyncLifetime
{
    private readonly OutsideServers outside = new();
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("daarion-fresh-");
    private WebApplication? app;

    public Uri PublicUrl { get; } = LoopbackPort.FreeAddress();

    public Uri InternalUrl { get; } = LoopbackPort.FreeAddress();

    public TurnedClock Clock { get; } = new();

    /// <summary>Everything the city logged that its operators would see, and more.</summary>
    public CapturedLog Log { get; } = new(LogLevel.Debug);

    public string DataFolder => data.FullName;

    public IServiceProvider Services => app!.Services;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        await outside.Prepare();
        app = CityHost.Build(Settings(), builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(Clock);
            builder.Logging.ClearProviders();
            builder.Logging.SetMinimumLevel(LogLevel.Debug);
            builder.Logging.AddProvider(Log);
        });
        await app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await outside.Forget();
        data.Delete(recursive: true);
    }

    /// <summary>What a city of another kind has otherwise.</summary>
    private protected virtual CitySettings Adjusted(CitySettings settings) => settings;

    private CitySettings Settings() => Adjusted(new()
    {
        DataFolder = data.FullName,
        PublicUrl = PublicUrl,
        Listen = PublicUrl,
        InternalListen = InternalUrl,
        Postgres = outside.Postgres,
        Nats = outside.Nats,
        UnauthenticatedPerMinute = 1_000_000,
    });
}

/// <summary>The real clock, turned ahead.</summary>
public sealed class TurnedClock : TimeProvider
{
    private long aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref aheadTicks));

    public void Turn(TimeSpan by) => Interlocked.Add(ref aheadTicks, by.Ticks);
}
