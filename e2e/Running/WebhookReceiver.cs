using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Daarion.Testing;

namespace Daarion.E2E.Running;

/// <summary>A program of somebody else that is told what happens: keeps each message that came and whether its signature is that of the secret.</summary>
public sealed class WebhookReceiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<Received> messages = new();

    public WebhookReceiver()
    {
        Address = new Uri(LoopbackPort.FreeAddress(), "/told");
        listener.Prefixes.Add(new Uri(Address, "/").ToString());
        listener.Start();
        _ = Listen();
    }

    /// <summary>A message as it came.</summary>
    public sealed record Received(string Id, string Timestamp, string Signature, string Body)
    {
        /// <summary>True where it bears a signature by the secret (Standard Webhooks).</summary>
        public bool IsSignedBy(string secret)
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            var own = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}")));
            return Signature.Split(' ').Contains(own, StringComparer.Ordinal);
        }
    }

    public Uri Address { get; }

    public IReadOnlyList<Received> Messages => [.. messages];

    public void Dispose() => listener.Close();

    private async Task Listen()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var body = await reader.ReadToEndAsync();
                var headers = context.Request.Headers;
                messages.Enqueue(new Received(headers["webhook-id"] ?? "", headers["webhook-timestamp"] ?? "", headers["webhook-signature"] ?? "", body));
                context.Response.StatusCode = 204;
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
