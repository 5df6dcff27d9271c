using System.Globalization;
using Daarion.Server.Settings;
using Daarion.Server.SignIn;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Daarion.Server.Mail;

/// <summary>
/// Delivers letters: to the mail server of <c>DAARION_SMTP</c>, with patience while it is away, or as <c>.eml</c> files into the mail drop of
/// the data folder. What a letter says, a code above all, is never logged.
/// </summary>
internal sealed class MailSender(MailQueue queue, MailRoom room, CitySettings settings, TimeProvider clock, ILogger<MailSender> log) : BackgroundService
{
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(20);

    private readonly ResiliencePipeline patience = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, BackoffType = DelayBackoffType.Exponential, Delay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(30), UseJitter = true })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions { MinimumThroughput = 10, SamplingDuration = TimeSpan.FromMinutes(1), BreakDuration = TimeSpan.FromSeconds(15) })
        .AddTimeout(OneTry)
        .Build();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var letter in queue.Letters.ReadAllAsync(stoppingToken))
        {
            try
            {
                var message = room.Word(letter);
                await (settings.Smtp is { } smtp ? patience.ExecuteAsync(async ct => await Send(smtp, message, ct), stoppingToken).AsTask() : Drop(message, stoppingToken));
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogError("A {Kind} could not be delivered: {Problem}", letter.GetType().Name, e.Message);
            }
        }
    }

    private static async Task Send(Uri smtp, MimeMessage message, CancellationToken ct)
    {
        using var client = new SmtpClient();
        var options = smtp.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect : smtp.IsLoopback ? SecureSocketOptions.StartTlsWhenAvailable : SecureSocketOptions.Auto;
        await client.ConnectAsync(smtp.Host, smtp.Port > 0 ? smtp.Port : 587, options, ct);
        if (smtp.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password])
        {
            await client.AuthenticateAsync(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password), ct);
        }

        await client.SendAsync(message, ct);
        await client.DisconnectAsync(true, ct);
    }

    private async Task Drop(MimeMessage message, CancellationToken ct)
    {
        using var text = new MemoryStream();
        await message.WriteToAsync(text, ct);
        var name = $"{Ulid.NewUlid(clock.GetUtcNow()).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant()}.eml";
        PrivateFile.Write(new DirectoryInfo(Path.Combine(settings.DataFolder, "mail")), name, System.Text.Encoding.UTF8.GetString(text.ToArray()));
    }
}
