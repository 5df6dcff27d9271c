using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>What came of an attempt.</summary>
/// <param name="Status">What the address answered.</param>
/// <param name="Error">Why it did not go; null where it did.</param>
/// <param name="RetryAfter">What the address asked for.</param>
/// <param name="DurationMs">How long it took.</param>
internal sealed record Attempt(int? Status, string? Error, TimeSpan? RetryAfter, int DurationMs)
{
    public bool IsTaken => Error is null;

    public bool IsGone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>
/// Sends messages. The name is resolved here and the connection made to the address that was looked at, so that a name cannot turn elsewhere in between; a
/// redirect is an answer like any other and is not followed; a proxy of the environment is not asked.
/// </summary>
internal sealed class WebhookSender(WebhookNetworks allowed, TimeProvider clock) : IDisposable
{
    private const int MaxRetryAfterSeconds = 6 * 3600;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private readonly HttpClient http = new(Handler(allowed)) { Timeout = Limit };

    /// <summary>Plain addresses are only the operator's own.</summary>
    public bool IsPlainAllowed => allowed.Networks.Count > 0;

    /// <summary>Sends a message, signed with each secret that is good.</summary>
    public async Task<Attempt> Send(Uri url, string id, string body, IReadOnlyList<PlatformKey> keys, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("webhook-signature", string.Join(' ', keys.Select(key => DeliverySignature.Sign(key, id, timestamp, bytes))));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Daarion-Webhooks", "1"));
        int Took() => (int)clock.GetElapsedTime(started).TotalMilliseconds;
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode ? new(status, null, null, Took()) : new(status, "status", After(answer.Headers.RetryAfter), Took());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(null, "timeout", null, Took());
        }
        catch (HttpRequestException e)
        {
            return new(null, Cause(e), null, Took());
        }
    }

    public void Dispose() => http.Dispose();

    private TimeSpan? After(RetryConditionHeaderValue? asked)
    {
        var wait = asked?.Delta ?? (asked?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } some ? TimeSpan.FromSeconds(Math.Clamp(some.TotalSeconds, 0, MaxRetryAfterSeconds)) : null;
    }

    private static string Cause(Exception e) => e switch
    {
        ClosedAddressException => "private_address",
        AuthenticationException => "tls",
        { InnerException: { } inner } => Cause(inner),
        _ => "connect",
    };

    private static SocketsHttpHandler Handler(WebhookNetworks allowed) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = ConnectLimit,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 64 * 1024,
        ConnectCallback = (context, ct) => Connect(context, allowed, ct),
    };

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, WebhookNetworks allowed, CancellationToken ct)
    {
        var isPlain = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp;
        var host = context.DnsEndPoint.Host.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        var open = addresses.Where(address => allowed.Has(address) || (!isPlain && ReachableAddresses.IsPublic(address))).ToArray();
        if (open.Length == 0)
        {
            throw new ClosedAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ClosedAddressException : Exception
    {
        public ClosedAddressException()
            : base("The address is not public.")
        {
        }
    }
}
