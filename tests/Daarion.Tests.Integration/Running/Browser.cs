using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Daarion.Tests.Integration.Running;

/// <summary>A browser with a cookie jar that follows no redirect by itself. Each sits at an address of its own, because sign-in codes are limited by address.</summary>
public sealed class Browser : IDisposable
{
    private static int addresses;
    private readonly IPAddress address;

    public Browser(CityFixture city)
        : this(city.PublicUrl)
    {
    }

    public Browser(Uri city)
    {
        var number = Interlocked.Increment(ref addresses);
        address = new IPAddress([127, 1, (byte)(number / 250), (byte)(1 + (number % 250))]);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), ConnectCallback = Connect }) { BaseAddress = city };
    }

    public HttpClient Http { get; }

    /// <summary>A browser in which a person is signed in by a mailed code.</summary>
    public static async Task<Browser> SignedIn(CityFixture city, string email)
    {
        var browser = new Browser(city);
        var before = Mailbox.To(city, email).Count;
        await browser.AskForCode(email);
        var letters = await Mailbox.Count(city, email, before + 1);
        using var answer = await browser.Http.PostAsJsonAsync("/auth/v1/code/verify", new { email, code = letters[^1].Code });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return browser;
    }

    public async Task AskForCode(string email)
    {
        using var answer = await Http.PostAsJsonAsync("/auth/v1/code", new { email });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>Sends a form as a page of the city does.</summary>
    public async Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return await Http.SendAsync(request);
    }

    public async Task<JsonElement> Me()
    {
        using var answer = await Http.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public void Dispose() => Http.Dispose();

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The mail drop.</summary>
public static partial class Mailbox
{
    /// <summary>Letters to an address, the oldest first.</summary>
    public static IReadOnlyList<MailedLetter> To(CityFixture city, string email) => To(city.DataFolder, email);

    /// <inheritdoc cref="To(CityFixture, string)"/>
    public static IReadOnlyList<MailedLetter> To(string dataFolder, string email)
    {
        var folder = Path.Combine(dataFolder, "mail");
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(Read).Where(letter => letter.To == email)]
            : [];
    }

    /// <summary>The newest letter to an address, waited for.</summary>
    public static async Task<MailedLetter> Newest(CityFixture city, string email, string subject = "")
    {
        await Eventually.True(() => To(city, email).Any(letter => letter.Subject.Contains(subject, StringComparison.Ordinal)), $"a letter to {email} is in the mail drop");
        return To(city, email).Last(letter => letter.Subject.Contains(subject, StringComparison.Ordinal));
    }

    /// <summary>That many letters to an address, waited for.</summary>
    public static async Task<IReadOnlyList<MailedLetter>> Count(CityFixture city, string email, int count)
    {
        await Eventually.True(() => To(city, email).Count >= count, $"{count} letters to {email} are in the mail drop");
        return To(city, email);
    }

    /// <inheritdoc cref="Count(CityFixture, string, int)"/>
    public static async Task<IReadOnlyList<MailedLetter>> Count(string dataFolder, string email, int count)
    {
        await Eventually.True(() => To(dataFolder, email).Count >= count, $"{count} letters to {email} are in the mail drop");
        return To(dataFolder, email);
    }

    private static MailedLetter Read(string path)
    {
        using var message = MimeKit.MimeMessage.Load(path);
        var text = message.TextBody ?? string.Empty;
        var link = LinkPattern().Match(text);
        return new MailedLetter(
            message.To.Mailboxes.Single().Address, message.Subject ?? string.Empty, text, CodePattern().Match(text) is { Success: true } code ? code.Value : null, link.Value, link.Groups["token"].Value);
    }

    [GeneratedRegex(@"\b\d{6}\b", RegexOptions.None, 1000)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"http\S+token=(?<token>[\w-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkPattern();
}

/// <summary>A letter as it was mailed.</summary>
public sealed record MailedLetter(string To, string Subject, string Text, string? Code, string Link, string Token);
