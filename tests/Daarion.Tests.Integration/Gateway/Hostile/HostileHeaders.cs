using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>Headers that the city or the servers under it read.</summary>
internal static class HostileHeaders
{
    private static readonly string[] Names =
    [
        "Idempotency-Key", "If-Match", "If-None-Match", "traceparent", "tracestate", "baggage", "Daarion-Subject", "Accept-Language", "Accept", "Accept-Encoding", "Cookie", "Origin", "Sec-Fetch-Site", "Referer", "User-Agent",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-Id", "X-HTTP-Method-Override", "Range", "Prefer", "Upgrade", "X-Platform-Id", "X-Timestamp", "X-Signature", "webhook-id", "webhook-timestamp",
        "webhook-signature", "Access-Control-Request-Method", "Host", "If-Modified-Since", "If-Range",
    ];

    private static readonly (string Name, string Value)[] Known =
    [
        ("If-Match", "\""), ("If-Match", "W/\"99999999999999999999\""), ("If-Match", "*, *"), ("If-Match", "\"-1\""), ("If-Match", "\"9223372036854775807\""), ("If-Match", "\"2147483648\""), ("If-Match", "*"), ("If-Match", ""),
        ("If-None-Match", "\"\\\""), ("If-None-Match", "*"), ("Idempotency-Key", new string('k', 255)), ("Idempotency-Key", new string('k', 256)), ("Idempotency-Key", "one"), ("Idempotency-Key", "two"), ("Idempotency-Key", "їжак"),
        ("traceparent", "00-zz"), ("traceparent", "00-00000000000000000000000000000000-0000000000000000-ff"), ("traceparent", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", new string('a', 2000)), ("baggage", "a=b,,=;;"), ("baggage", "%00=%00"), ("X-Forwarded-For", "999.1.1.1, ::"),
        ("X-Forwarded-Proto", "gopher"), ("Accept", "*/"), ("Accept-Language", "xx-xx;q=9"), ("Accept-Language", "*;q=0"), ("Cookie", "daarion=%%%;;=;daarion"), ("Range", "bytes=-1-"), ("X-Request-Id", "<script>"),
        ("Daarion-Subject", "~u_~"), ("Daarion-Subject", "t_city"), ("Daarion-Subject", "u_"), ("Daarion-Subject", "~u_~, ~u_~"), ("Upgrade", "h2c"), ("Expect", "nothing"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "null"),
        ("webhook-timestamp", "9223372036854775807"), ("webhook-timestamp", "-9223372036854775808"), ("X-Timestamp", "99999999999999999999"), ("X-Timestamp", "-1"), ("X-Timestamp", "1e9"), ("X-Timestamp", "NaN"),
        ("webhook-signature", "v1,"), ("webhook-signature", "v1,AAAA v1,AAAA v2,x"), ("webhook-signature", string.Concat(Enumerable.Repeat("v1,AAAA ", 120))), ("X-Signature", "sha256="), ("X-Signature", $"sha256={new string('z', 64)}"),
        ("X-Platform-Id", "~platform~"), ("X-Platform-Id", "nobody"), ("X-Platform-Id", "їжак"), ("webhook-id", "."), ("webhook-id", new string('w', 1024)), ("webhook-id", new string('w', 1025)),
    ];

    private static readonly string[] Proofs =
    [
        "Bearer", "Bearer ", "Bearer x", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....", "Bearer .....", "bearer ~ak_~", "Basic dTpw", "Basic %", "Digest x", "Negotiate", "", "Bearer їжак",
    ];

    /// <summary>One to three headers with something hostile in them.</summary>
    public static Gen<(string Name, string Value)[]> Some { get; } =
        from count in Gen.Choose(1, 3) from headers in Gen.ArrayOf(One, count) select headers;

    /// <summary>A proof of who one is that proves nothing.</summary>
    public static Gen<(string Name, string Value)> NoProof { get; } = Gen.OneOf(
        Gen.Elements(Proofs).Select(proof => ("Authorization", proof)),
        HostileValues.ShortText.Select(text => ("Authorization", $"Bearer {text}")),
        Gen.Elements("daarion=", "daarion=x", "daarion=%00", "__Host-daarion=x", ";;;=", "=").Select(cookie => ("Cookie", cookie)),
        HostileValues.ShortText.Select(text => ("Cookie", $"daarion={text}")));

    private static Gen<(string Name, string Value)> One => Gen.OneOf(
        Gen.Elements(Known),
        from name in Gen.Elements(Names) from value in HostileValues.ShortText select (name, value));
}
