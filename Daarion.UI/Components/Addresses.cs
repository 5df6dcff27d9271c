using System.Text.RegularExpressions;

namespace Daarion.UI.Components;

/// <summary>Where in the console a thing is, by its id: what the palette goes to when an id is pasted, and what every id links to.</summary>
public static partial class Addresses
{
    private static readonly (string Prefix, string Address)[] Kinds =
    [
        ("pay_", "/payouts/"), ("rwa_", "/movements/"), ("orc_", "/readings/"), ("emb_", "/deliveries/"), ("evt_", "/events/messages/"), ("t_", "/teams/"), ("u_", "/people/"),
        ("tx_", "/transactions/"), ("dec_", "/decisions/"), ("aud_", "/settings/audit/"), ("ak_", "/keys/"), ("ses_", "/settings/sessions/"),
        ("w_", "/wallets/"), ("hook_", "/webhooks/"), ("ctx_", "/chain/"), ("gov_", "/governance/"), ("inv_", "/invitations/"),
    ];

    /// <summary>The page of an id; null where the text is no id of a thing with a page.</summary>
    /// <param name="text">As pasted: with spaces or quotes around it, in any case.</param>
    public static string? Find(string? text)
    {
        var id = text?.Trim().Trim('"', '\'', '`', ',').ToLowerInvariant();
        if (string.IsNullOrEmpty(id))
        {
            return null;
        }

        if (TraceId().Match(id) is { Success: true } trace)
        {
            return $"/traces/{trace.Groups["id"].Value}";
        }

        foreach (var (prefix, address) in Kinds)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal) && IsId(id, prefix))
            {
                return address + id;
            }
        }

        return null;
    }

    /// <summary>The page of an id, or of nothing.</summary>
    public static string? Of(string? id) => Find(id);

    /// <summary>The page of a wallet's owner.</summary>
    public static string OfWallet(string owner) => $"/wallets/{Uri.EscapeDataString(owner)}";

    /// <summary>The page of a platform.</summary>
    public static string OfPlatform(string platform) => $"/platforms/{Uri.EscapeDataString(platform)}";

    /// <summary>The page of a site that is known by its name alone: its platform and team tell it from others of that name, and whose right to ask.</summary>
    public static string OfSite(string site, string? platform, TeamId? team)
    {
        string?[] more = [platform is null ? null : $"platform={Uri.EscapeDataString(platform)}", team is null ? null : $"team={team}"];
        return $"/sites/by-name/{Uri.EscapeDataString(site)}?{string.Join('&', more.OfType<string>())}".TrimEnd('?');
    }

    private static bool IsId(string id, string prefix) => prefix == "t_"
        ? TeamId.TryParse(id, out _)
        : id.Length == prefix.Length + 26 && UserId.TryParse("u_" + id[prefix.Length..], out _);

    // A bare trace id, or a whole traceparent header.
    [GeneratedRegex("^(00-)?(?<id>[0-9a-f]{32})(-[0-9a-f]{16}-[0-9a-f]{2})?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex TraceId();
}
