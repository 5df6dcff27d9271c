using System.Text.RegularExpressions;
using MimeKit;

namespace Daarion.E2E.Running;

/// <summary>The letters of a city that has no mail server: each is a file.</summary>
public static partial class MailDrop
{
    /// <summary>The newest letter to an address that has a link to a page, once it is there: the link.</summary>
    public static async Task<string> LinkTo(CityProcess city, string address, string page)
    {
        var link = "";
        await Eventually.True(
            async () =>
            {
                foreach (var file in Letters(city))
                {
                    var letter = await MimeMessage.LoadAsync(file);
                    if (letter.To.Mailboxes.Any(to => to.Address == address) && Link().Matches(letter.TextBody ?? "").FirstOrDefault(match => match.Value.Contains(page, StringComparison.Ordinal)) is { } found)
                    {
                        link = found.Value;
                        return true;
                    }
                }

                return false;
            },
            $"a letter to {address} with a link to {page} is in the mail drop");
        return link;
    }

    /// <summary>The code of the newest letter to an address that was not there before.</summary>
    public static async Task<string> CodeFor(CityProcess city, string address, IReadOnlySet<string> before)
    {
        var code = "";
        await Eventually.True(
            async () =>
            {
                foreach (var file in Letters(city).Where(file => !before.Contains(file)))
                {
                    var letter = await MimeMessage.LoadAsync(file);
                    if (letter.To.Mailboxes.Any(to => to.Address == address) && Code().Match(letter.Subject ?? "") is { Success: true } found)
                    {
                        code = found.Value;
                        return true;
                    }
                }

                return false;
            },
            $"a letter to {address} with a code is in the mail drop");
        return code;
    }

    /// <summary>The letters there are, newest first.</summary>
    public static IReadOnlyList<string> Letters(CityProcess city)
    {
        var folder = Path.Combine(city.Data, "mail");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.eml").OrderDescending(StringComparer.Ordinal)] : [];
    }

    [GeneratedRegex(@"http://\S+", RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex(@"\b\d{6}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
