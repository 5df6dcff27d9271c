using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Embassies;

/// <summary>Somebody's server that is told of events.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    /// <summary>What it was told, in the order in which it came.</summary>
    public ConcurrentQueue<Told> Got { get; } = new();

    /// <summary>What it answers.</summary>
    public Func<Told, HttpContext, int> Answer { get; set; } = (_, _) => StatusCodes.Status204NoContent;

    /// <summary>Where it is.</summary>
    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts one.</summary>
    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver.app.Run(receiver.Take);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers;
        var told = new Told(http.Request.Path, await reader.ReadToEndAsync(), headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!);
        http.Response.StatusCode = Answer(told, http);
        Got.Enqueue(told);
    }
}

/// <summary>A message as it came.</summary>
public sealed record Told(string Path, string Body, string Id, string Timestamp, string Signature);
