using System.Net;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;
using Daarion.UI;
using MimeKit;

namespace Daarion.Server.Mail;

/// <summary>Words letters in the person's language.</summary>
internal sealed class MailRoom(CitySettings settings, TimeProvider clock)
{
    public MimeMessage Word(Letter letter)
    {
        var (subject, text, button, link) = letter switch
        {
            SignInLetter code => SignIn(code),
            InvitationLetter invitation => Invitation(invitation),
            AddedToTeamLetter added => Added(added),
            WebhookDisabledLetter disabled => Disabled(disabled),
            _ => throw new InvalidOperationException($"Nobody has worded {letter.GetType().Name}"),
        };
        var message = new MimeMessage { Subject = subject, Date = clock.GetUtcNow() };
        message.From.Add(new MailboxAddress("DAARION", Sender()));
        message.To.Add(MailboxAddress.Parse(letter.To));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Body = new BodyBuilder
        {
            TextBody = $"{string.Join("\n\n", text)}\n\n{button}: {link}\n",
            HtmlBody = $"""
                <!doctype html><html lang="{letter.Locale}"><meta charset="utf-8"><body style="font:15px/1.5 sans-serif;color:#1c2430;max-width:34rem">
                {string.Join("\n", text.Select(line => $"<p>{WebUtility.HtmlEncode(line)}</p>"))}
                <p><a href="{WebUtility.HtmlEncode(link)}" style="display:inline-block;padding:.6rem 1.2rem;border-radius:.4rem;background:#1f5eff;color:#fff;text-decoration:none">{WebUtility.HtmlEncode(button)}</a></p>
                <p style="color:#5b6675;font-size:13px">{WebUtility.HtmlEncode(link)}</p></body></html>
                """,
        }.ToMessageBody();
        return message;
    }

    private (string Subject, string[] Text, string Button, string Link) SignIn(SignInLetter letter)
    {
        var link = Address("/auth/magic", letter.LinkToken);
        var minutes = (int)letter.Lifetime.TotalMinutes;
        return letter.Locale == "en"
            ? ($"{letter.Code} is your sign-in code", [$"Your sign-in code is {letter.Code}. It is good for {minutes} minutes and once.", "If you did not ask for it, somebody has typed your address: nothing happens without the code."], "Sign in", link)
            : ($"{letter.Code} — код входу", [$"Ваш код входу: {letter.Code}. Він діє {minutes} хвилин і лише один раз.", "Якщо ви його не просили, хтось увів вашу адресу: без коду нічого не станеться."], "Увійти", link);
    }

    private (string Subject, string[] Text, string Button, string Link) Invitation(InvitationLetter letter)
    {
        var link = Address(SignInAddresses.InvitationPage, letter.Token);
        var until = letter.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy", System.Globalization.CultureInfo.GetCultureInfo(letter.Locale));
        return letter.Locale == "en"
            ? ($"Invitation to {letter.TeamName}", [letter.InvitedBy is { } host ? $"{host} invites you to the team {letter.TeamName}." : $"You are invited to the team {letter.TeamName}.", $"The invitation is good until {until} (UTC)."], "Join the team", link)
            : ($"Запрошення до команди «{letter.TeamName}»", [letter.InvitedBy is { } by ? $"{by} запрошує вас до команди «{letter.TeamName}»." : $"Вас запрошено до команди «{letter.TeamName}».", $"Запрошення діє до {until} (UTC)."], "Приєднатися", link);
    }

    private (string Subject, string[] Text, string Button, string Link) Added(AddedToTeamLetter letter)
    {
        var link = new Uri(settings.PublicUrl, $"/teams/{letter.TeamId}").AbsoluteUri;
        return letter.Locale == "en"
            ? ($"You are now in {letter.TeamName}", [$"You were added to the team {letter.TeamName}."], "Open the team", link)
            : ($"Ви тепер у команді «{letter.TeamName}»", [$"Вас додано до команди «{letter.TeamName}»."], "Відкрити команду", link);
    }

    private (string Subject, string[] Text, string Button, string Link) Disabled(WebhookDisabledLetter letter)
    {
        var link = new Uri(settings.PublicUrl, "/webhooks").AbsoluteUri;
        var host = new Uri(letter.Url).Host;
        return (letter.Locale, letter.Reason) switch
        {
            ("en", "gone") => ($"The webhook to {host} is disabled", [$"{host} answered that the address is gone (410). It is told nothing more until you enable it."], "Open webhooks", link),
            ("en", _) => ($"The webhook to {host} is disabled", [$"Nothing could be delivered to {host} for 24 hours. It is told nothing more until you enable it."], "Open webhooks", link),
            (_, "gone") => ($"Вебхук до {host} вимкнено", [$"{host} відповів, що такої адреси більше немає (410). Йому нічого не надсилатиметься, доки ви його не ввімкнете."], "Відкрити вебхуки", link),
            _ => ($"Вебхук до {host} вимкнено", [$"Протягом 24 годин до {host} нічого не вдалося доставити. Йому нічого не надсилатиметься, доки ви його не ввімкнете."], "Відкрити вебхуки", link),
        };
    }

    private string Address(string path, string token) => new Uri(settings.PublicUrl, $"{path}?token={Uri.EscapeDataString(token)}").AbsoluteUri;

    // The mail server's own user, where that is an address; else the city's name at its host.
    private string Sender()
    {
        var user = settings.Smtp is { UserInfo.Length: > 0 } smtp ? Uri.UnescapeDataString(smtp.UserInfo.Split(':')[0]) : string.Empty;
        return user.Contains('@', StringComparison.Ordinal) ? user : $"city@{(settings.PublicUrl.HostNameType == UriHostNameType.Dns ? settings.PublicUrl.Host : "daarion.localhost")}";
    }
}
