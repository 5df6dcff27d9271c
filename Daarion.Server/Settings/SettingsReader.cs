using Daarion.Core.Wallets.Chain;
using Daarion.Core.Kernel;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using Npgsql;

namespace Daarion.Server.Settings;

/// <summary>Reads and checks all settings. The first wrong one ends the start.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private const int MaxReplicas = 5;

    /// <summary>The checked settings.</summary>
    /// <exception cref="SettingException">One of them has a wrong value.</exception>
    public static CitySettings Read(IConfiguration configuration) => new SettingsReader(configuration).Read();

    private CitySettings Read()
    {
        var listen = Listener("LISTEN", "127.0.0.1:8080");
        var internalListen = Listener("INTERNAL_LISTEN", "127.0.0.1:8081");
        if (listen.Port == internalListen.Port)
        {
            throw Wrong("INTERNAL_LISTEN", "has the same port as DAARION_LISTEN", "127.0.0.1:8081");
        }

        var nats = Nats();
        return new CitySettings
        {
            DataFolder = Folder("DATA", "/var/lib/daarion") ?? Path.GetFullPath("./data"),
            KeysFolder = Folder("KEYS", "/var/lib/daarion-keys"),
            PublicUrl = PublicUrl(listen),
            Listen = listen,
            InternalListen = internalListen,
            Postgres = Postgres(),
            Nats = nats,
            NatsReplicas = Replicas(embedded: nats is null),
            Smtp = Smtp(),
            AdminEmail = AdminEmail(),
            OtlpEndpoint = Otlp(),
            UnauthenticatedPerMinute = Number("UNAUTHENTICATED_PER_MINUTE", 100, 1_000_000),
            RequestsPerSecond = Number("REQUESTS_PER_SECOND", 20_000, 10_000_000),
            CorsOrigins = CorsOrigins(),
            TrustedProxies = Networks("TRUSTED_PROXIES"),
            WebhookNetworks = Networks("WEBHOOK_NETWORKS"),
            Chain = Chain(),
            LogFormat = LogFormat(),
        };
    }

    private string? Folder(string name, string example)
    {
        if (Text(name) is not { } path)
        {
            return null;
        }

        if (path.Contains('\0', StringComparison.Ordinal) || File.Exists(path))
        {
            throw Wrong(name, "is not a folder", example);
        }

        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }

    private Uri PublicUrl(Uri listen)
    {
        const string Example = "https://city.example.org";
        var text = Text("PUBLIC_URL") ?? $"http://127.0.0.1:{listen.Port.ToString(CultureInfo.InvariantCulture)}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            throw Wrong("PUBLIC_URL", "is not an http or https address", Example);
        }

        return url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            ? url
            : throw Wrong("PUBLIC_URL", "has more than scheme, host and port", Example);
    }

    private Uri Listener(string name, string byDefault)
    {
        var text = Text(name) ?? byDefault;
        var address = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text["http://".Length..].TrimEnd('/') : text;
        if (address.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            throw Wrong(name, "asks for TLS, which a proxy in front of the city does", byDefault);
        }

        address = address.StartsWith("*:", StringComparison.Ordinal) ? $"0.0.0.0:{address[2..]}" : address;
        var colon = address.LastIndexOf(':');
        return colon > 0
            && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= IPEndPoint.MaxPort
            && Uri.CheckHostName(address[..colon].Trim('[', ']')) != UriHostNameType.Unknown
            && Uri.TryCreate($"http://{address}", UriKind.Absolute, out var uri)
            && uri is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
                ? uri
                : throw Wrong(name, "is not a host and a port from 1 to 65535", byDefault);
    }

    private string? Postgres()
    {
        const string Example = "\"Host=db.example.org;Database=daarion;Username=daarion;Password=secret\"";
        if (Text("POSTGRES") is not { } text)
        {
            return null;
        }

        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            throw Wrong("POSTGRES", "is not an Npgsql connection string", Example);
        }

        return connection switch
        {
            { Host: null or "" } => throw Wrong("POSTGRES", "names no Host", Example),
            { Database: null or "" } => throw Wrong("POSTGRES", "names no Database", Example),
            _ => text,
        };
    }

    private string? Nats()
    {
        if (Text("NATS") is not { } text)
        {
            return null;
        }

        foreach (var server in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(server, UriKind.Absolute, out var url) || url.Scheme is not ("nats" or "tls" or "ws" or "wss") || url.Host.Length == 0)
            {
                throw Wrong("NATS", "is not a NATS address or several with commas between", "nats://user:secret@nats.example.org:4222");
            }
        }

        return text;
    }

    private int Replicas(bool embedded)
    {
        if (Text("NATS_REPLICAS") is not { } text)
        {
            return 1;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas) || replicas is < 1 or > MaxReplicas)
        {
            throw Wrong("NATS_REPLICAS", $"is not a number from 1 to {MaxReplicas}", "3");
        }

        return embedded && replicas > 1 ? throw Wrong("NATS_REPLICAS", "asks for a cluster, but the embedded NATS is one server (set DAARION_NATS)", "1") : replicas;
    }

    private Uri? Smtp()
    {
        if (Text("SMTP") is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "smtp" or "smtps" && url is { Host.Length: > 0, AbsolutePath: "" or "/" }
            ? url
            : throw Wrong("SMTP", "is not an smtp or smtps address", "smtp://user:secret@mail.example.org:587");
    }

    private string? AdminEmail()
    {
        if (Text("ADMIN_EMAIL") is not { } text)
        {
            return null;
        }

        return MailAddress.TryCreate(text, out var address) && string.Equals(address.Address, text, StringComparison.Ordinal) && text.Length <= 254
            ? text
            : throw Wrong("ADMIN_EMAIL", "is not a mail address", "olena@example.org");
    }

    private Uri? Otlp()
    {
        if (configuration[SettingSources.Otlp] is not { Length: > 0 } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new SettingException(SettingSources.Otlp, "is not an http or https address", "http://127.0.0.1:4317");
    }

    private int Number(string name, int byDefault, int most)
    {
        if (Text(name) is not { } text)
        {
            return byDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw Wrong(name, $"is not a number from 1 to {most.ToString(CultureInfo.InvariantCulture)}", byDefault.ToString(CultureInfo.InvariantCulture));
    }

    private string[] CorsOrigins()
    {
        var origins = Text("CORS_ORIGINS")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return Array.TrueForAll(origins, IsOrigin) ? origins : throw Wrong("CORS_ORIGINS", "is not a list of origins with commas between", "https://app.example.org");
    }

    private IPNetwork[] Networks(string name) =>
        [.. (Text(name) ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
            IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : text.Contains(':', StringComparison.Ordinal) ? $"{text}/128" : $"{text}/32", out var network)
                ? network
                : throw Wrong(name, "is not a list of addresses or networks with commas between", "10.0.0.0/8,192.168.1.5"))];

    private ChainSettings? Chain()
    {
        var (rpc, key, tokens) = (Text("CHAIN_RPC"), Text("CHAIN_SIGNER_KEY"), Text("CHAIN_TOKENS"));
        if (rpc is null)
        {
            return key is null && tokens is null ? null : throw Wrong("CHAIN_RPC", "is missing beside the other settings of the chain", "https://rpc.example.org");
        }

        var url = Uri.TryCreate(rpc, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" ? parsed : throw Wrong("CHAIN_RPC", "is not an http or https address", "https://rpc.example.org");
        const string Key = "0x followed by 64 hexadecimal digits";
        if ((key is null ? "is missing" : ChainSettings.RefusesKey(key)) is { } problem)
        {
            throw Wrong("CHAIN_SIGNER_KEY", problem, Key);
        }

        return new(url, key!, Tokens(tokens), Number("CHAIN_CONFIRMATIONS", 3, 10_000));
    }

    private static Dictionary<Symbol, EvmAddress> Tokens(string? text)
    {
        const string Example = "KWT=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,1T=0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";
        var tokens = new Dictionary<Symbol, EvmAddress>();
        foreach (var pair in text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var (code, contract) = pair.Split('=') is [var left, var right] ? (left, right) : (string.Empty, string.Empty);
            var symbols = Symbols.All.Where(symbol => symbol.Code() == code).ToList();
            if (symbols.Count == 0 || !EvmAddress.TryParse(contract, null, out var address) || !tokens.TryAdd(symbols[0], address))
            {
                throw Wrong("CHAIN_TOKENS", "is not a list of tokens with their contracts", Example);
            }
        }

        return tokens.Count > 0 ? tokens : throw Wrong("CHAIN_TOKENS", "names no token", Example);
    }

    private string LogFormat() => Text("LOG_FORMAT") switch
    {
        null or "text" => "text",
        "json" => "json",
        _ => throw Wrong("LOG_FORMAT", "is neither text nor json", "json"),
    };

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && string.Equals(url.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);

    private string? Text(string name) => configuration[SettingSources.Key(name)]?.Trim() is { Length: > 0 } text ? text : null;

    private static SettingException Wrong(string name, string problem, string example) => new($"DAARION_{name}", problem, example);
}
