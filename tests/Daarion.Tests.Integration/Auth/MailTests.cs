using System.Net;
using System.Net.Sockets;
using System.Text;
using Daarion.Core.Kernel;
using Daarion.Server.Mail;
using Daarion.Server.Settings;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Auth;

/// <summary>Letters to a mail server, over a real connection.</summary>
public sealed class MailTests
{
    private const string Code = "493027";

    [Theory]
    [InlineData("uk", "код входу")]
    [InlineData("en", "is your sign-in code")]
    public async Task A_letter_goes_to_the_mail_server_in_the_persons_language(string locale, string subject)
    {
        await using var server = new PlainMailServer(refusals: 0);
        await using var city = new SendingCity(server);

        city.Post(new SignInLetter("olena@example.org", locale, Code, "token", TimeSpan.FromMinutes(10)));
        await Eventually.True(() => server.Letters.Count == 1, "the letter has arrived");

        using var letter = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(server.Letters.Single())));
        Assert.Contains(subject, letter.Subject, StringComparison.Ordinal);
        Assert.Contains(Code, letter.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://city.example.org/auth/magic?token=token", letter.TextBody, StringComparison.Ordinal);
        Assert.Contains(Code, letter.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_waits_for_a_mail_server_that_is_busy_and_is_never_logged()
    {
        await using var server = new PlainMailServer(refusals: 2);
        await using var city = new SendingCity(server);

        city.Post(new SignInLetter("olena@example.org", "en", Code, "token", TimeSpan.FromMinutes(10)));
        await Eventually.True(() => server.Letters.Count == 1, "the letter has arrived after two refusals");

        Assert.DoesNotContain(city.Log.Lines, line => line.Contains(Code, StringComparison.Ordinal) || line.Contains("olena@", StringComparison.Ordinal));
    }

    /// <summary>The part of a city that sends mail.</summary>
    private sealed class SendingCity : IAsyncDisposable
    {
        private readonly MailQueue queue;
        private readonly MailSender sender;
        private readonly ILoggerFactory logs;

        public SendingCity(PlainMailServer server)
        {
            var settings = new CitySettings
            {
                DataFolder = Path.GetTempPath(),
                PublicUrl = new Uri("https://city.example.org"),
                Listen = new Uri("http://127.0.0.1:1"),
                InternalListen = new Uri("http://127.0.0.1:2"),
                Smtp = new Uri($"smtp://127.0.0.1:{server.Port}"),
            };
            logs = LoggerFactory.Create(builder => builder.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
            queue = new MailQueue(logs.CreateLogger<MailQueue>());
            sender = new MailSender(queue, new MailRoom(settings, TimeProvider.System), settings, TimeProvider.System, logs.CreateLogger<MailSender>());
            _ = sender.StartAsync(default);
        }

        public CapturedLog Log { get; } = new(LogLevel.Trace);

        public void Post(Letter letter) => queue.Post(letter);

        public async ValueTask DisposeAsync()
        {
            await sender.StopAsync(default);
            sender.Dispose();
            logs.Dispose();
        }
    }

    /// <summary>A mail server that knows just enough of SMTP to take letters, and first refuses as many connections as it is told.</summary>
    private sealed class PlainMailServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly List<string> letters = [];
        private readonly CancellationTokenSource stopping = new();
        private readonly Task serving;

        public PlainMailServer(int refusals)
        {
            listener.Start();
            serving = Serve(refusals);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public IReadOnlyList<string> Letters
        {
            get
            {
                lock (letters)
                {
                    return [.. letters];
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            listener.Dispose();
            await serving;
            stopping.Dispose();
        }

        private async Task Serve(int refusals)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                    await using var stream = client.GetStream();
                    await Talk(stream, refuse: refusals-- > 0);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException && stopping.IsCancellationRequested)
            {
                // The test is over.
                Assert.True(stopping.IsCancellationRequested);
            }
        }

        private async Task Talk(NetworkStream stream, bool refuse)
        {
            using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync(refuse ? "421 busy" : "220 mail.example.org");
            while (!refuse && await reader.ReadLineAsync(stopping.Token) is { } line)
            {
                var word = line.Split(' ')[0].ToUpperInvariant();
                await writer.WriteLineAsync(word switch { "DATA" => "354 go on", "QUIT" => "221 bye", _ => "250 ok" });
                if (word == "DATA")
                {
                    await Take(reader);
                    await writer.WriteLineAsync("250 taken");
                }
                else if (word == "QUIT")
                {
                    return;
                }
            }
        }

        private async Task Take(StreamReader reader)
        {
            var text = new StringBuilder();
            while (await reader.ReadLineAsync(stopping.Token) is { } line && line != ".")
            {
                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            lock (letters)
            {
                letters.Add(text.ToString());
            }
        }
    }
}
