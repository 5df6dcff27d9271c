using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>
/// Programs that sign a reading and send it, for people who connect a platform. Each runs as it stands once the secret is in the environment
/// variable <c>DAARION_SECRET</c>; a test runs them.
/// </summary>
public static class EmbassySnippets
{
    private const string Url = "__URL__";
    private const string Platform = "__PLATFORM__";
    private const string Domain = "__DOMAIN__";
    private const string Unit = "__UNIT__";
    private const string Site = "__SITE__";

    private const string Curl = """
        #!/usr/bin/env bash
        set -euo pipefail
        : "${DAARION_SECRET:?Put the secret of the platform (whsec_...) into DAARION_SECRET}"
        body='{"source":"__PLATFORM__","domain":"__DOMAIN__","site_id":"__SITE__","unit":"__UNIT__","value":"'"${1:-126.450}"'","ts":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}'
        timestamp=$(date +%s)
        signature=$(printf '%s.%s' "$timestamp" "$body" | openssl dgst -sha256 -hmac "$DAARION_SECRET" | sed 's/^.*= //')
        curl --silent --show-error --fail-with-body '__URL__' \
          -H 'Content-Type: application/json' \
          -H 'X-Platform-Id: __PLATFORM__' \
          -H "X-Timestamp: $timestamp" \
          -H "X-Signature: sha256=$signature" \
          --data-binary "$body"
        """;

    private const string CSharp = """"
        using System.Security.Cryptography;
        using System.Text;

        var secret = Environment.GetEnvironmentVariable("DAARION_SECRET") ?? throw new InvalidOperationException("Put the platform's secret (whsec_...) into DAARION_SECRET");
        var value = args.Length > 0 ? args[0] : "126.450";
        var body = $$"""{"source":"__PLATFORM__","domain":"__DOMAIN__","site_id":"__SITE__","unit":"__UNIT__","value":"{{value}}","ts":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ}}"}""";
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "__URL__") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Platform-Id", "__PLATFORM__");
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature", $"sha256={signature}");
        using var answer = await http.SendAsync(request);
        Console.WriteLine(await answer.Content.ReadAsStringAsync());
        return answer.IsSuccessStatusCode ? 0 : 1;
        """";

    private const string Python = """
        import datetime, hashlib, hmac, json, os, sys, time, urllib.request

        secret = os.environ["DAARION_SECRET"]
        body = json.dumps({
            "source": "__PLATFORM__", "domain": "__DOMAIN__", "site_id": "__SITE__", "unit": "__UNIT__",
            "value": sys.argv[1] if len(sys.argv) > 1 else "126.450",
            "ts": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }).encode()
        timestamp = str(int(time.time()))
        signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        request = urllib.request.Request("__URL__", data=body, headers={
            "Content-Type": "application/json", "X-Platform-Id": "__PLATFORM__",
            "X-Timestamp": timestamp, "X-Signature": "sha256=" + signature,
        })
        with urllib.request.urlopen(request) as answer:
            print(answer.read().decode())
        """;

    // Standard Webhooks, so that both styles have an example.
    private const string Node = """
        const { createHmac, randomUUID } = require('node:crypto');

        const secret = process.env.DAARION_SECRET;
        if (!secret) throw new Error("Put the platform's secret (whsec_...) into DAARION_SECRET");
        const body = JSON.stringify({
          source: '__PLATFORM__', domain: '__DOMAIN__', site_id: '__SITE__', unit: '__UNIT__',
          value: process.argv[2] ?? '126.450', ts: new Date().toISOString(),
        });
        const id = `msg_${randomUUID()}`;
        const timestamp = String(Math.floor(Date.now() / 1000));
        const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
        const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
        fetch('__URL__', {
          method: 'POST', body,
          headers: {
            'Content-Type': 'application/json', 'X-Platform-Id': '__PLATFORM__',
            'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}`,
          },
        }).then(async (answer) => {
          console.log(await answer.text());
          process.exitCode = answer.ok ? 0 : 1;
        });
        """;

    /// <summary>The programs for a platform's site.</summary>
    /// <param name="publicUrl">The city's public address.</param>
    /// <param name="platform">The platform's short name.</param>
    /// <param name="domain">What it reports: <c>energy</c>, <c>food</c> or <c>water</c>, in the unit that the city counts it in.</param>
    /// <param name="site">The site.</param>
    public static PlatformSnippets For(Uri publicUrl, string platform, string domain, string site)
    {
        var url = new Uri(publicUrl, $"/embassy/{domain}").ToString();
        return new(
            platform,
            url,
            [
                new("curl", "curl", "send-reading.sh", "bash send-reading.sh 126.450", Fill(Curl, text => Escaped(text).Replace("'", "'\\''", StringComparison.Ordinal))),
                new("csharp", "C#", "SendReading.cs", "dotnet run SendReading.cs 126.450", Fill(CSharp, Escaped)),
                new("python", "Python", "send_reading.py", "python3 send_reading.py 126.450", Fill(Python, Escaped)),
                new("node", "Node.js", "send-reading.js", "node send-reading.js 126.450", Fill(Node, text => Escaped(text).Replace("'", "\\'", StringComparison.Ordinal))),
            ]);

        string Fill(string code, Func<string, string> quoted) => code
            .Replace(Url, url, StringComparison.Ordinal)
            .Replace(Platform, platform, StringComparison.Ordinal)
            .Replace(Domain, domain, StringComparison.Ordinal)
            .Replace(Unit, Measures.CountedIn(domain), StringComparison.Ordinal)
            .Replace(Site, quoted(site), StringComparison.Ordinal);
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
