using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>Values that somebody sends who wants to see something break.</summary>
internal static class HostileValues
{
    private static readonly string[] OddNumbers =
    [
        "0", "-0", "-1", "0.1", "1.0", "1e3", "1E-3", "1e400", "-1e-400", "1e28", "79228162514264337593543950336", "99999999999999999999999999999", "9999999999999999999.999999999",
        "10000000000000000000", "0.0000000001", "0.0000000000000000000000000001", "32768", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "4294967296",
        "18446744073709551616", "NaN", "Infinity", "-Infinity", "01", "+1", ".5", "5.", "1_000", "1,5", "0x10", "١٢٣", "--1", "1e", "-",
    ];

    private static readonly string[] OddTimes =
    [
        "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.9999999-14:00", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+14:00", "2026-02-29T00:00:00Z", "2026-11-14T24:00:00Z",
        "2026-11-14T12:00:60Z", "2026-11-14", "2026-11-14T12:00:00", "2026-11-14t12:00:00z", "10000-01-01T00:00:00Z", "2026-11-14T12:00:00+99:99", "1763121600", "now", "2026-11-14T12:00:00.0000000000Z",
    ];

    private static readonly string[] OddIds =
    [
        "t_city", "T_CITY", "t_", "u_", "~t_~", "~u_~", "~emb_~", "~ak_~", "~ses_~", "~pay_~", "u_01jd3x6v7k9m2n4p5q8r0s1t2v", "t_8zzzzzzzzzzzzzzzzzzzzzzzzz", "t_01jd3x6v7k9m2n4p5q8r0s1t2i", "t_01JD3X6V7K9M2N4P5Q8R0S1T2V",
        "mint:KWT", "burn:KWT", "treasury", "escrow", "mint:", "system:teams", "embassy:~platform~", "~platform~", "~email~", "root", "null", "undefined", "../t_city", "t_city\u0000",
    ];

    private static readonly string[] OddCursors =
    [
        "W10", "WyIxIl0", "WyIxIiwiMiJd", "WyIxIiwiMiIsIjMiXQ", "WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ", "WzFd", "W251bGxd", "bnVsbA", "e30", "WyI5OTk5LTEyLTMxVDIzOjU5OjU5Ljk5OVoiLCJ4Il0", "WyI5MjIzMzcyMDM2ODU0Nzc1ODA4Il0", "Wy",
        "=", "W10=", "////", "WyJhIl0 ", "WyJOYU4iLCJOYU4iXQ", "WyItMSJd", "WyIiXQ",
    ];

    private static readonly string[] Attacks =
    [
        "'; drop table teams.teams; --", "%", "%\\_", "\\", "\"", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "../../etc/passwd", "\r\nX-Evil: 1", "a@b", "a@b.c", "\"a b\"@example.org", "ａ@example.org",
        "javascript:alert(1)", "//evil.example", "http://[::1", "https://evil.example\\@city", "whsec_", "*", "a*", "city.*", "team.read ", "KWT", "kwt", "EN", "uk-UA", "Europe/Kyiv", "STREAM_WALLET", "STREAM_*", ">", "$JS.API", "",
        " ", "\t", "nothing",
    ];

    // Look-alikes, marks that turn the direction, halves of pairs, what no screen shows and what a database cannot keep.
    private static readonly string[] OddCharacters =
    [
        "\0", "\u0001", "\u001f", "\u007f", "\u0085", "\u00a0", "\u00ad", "а", "е", "ı", "İ", "ß", "ﬁ", "Å", "A\u030a", "\u0301", "\u200b", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\ufeff", "\ufffd",
        "\uffff", "\ud800", "\udc00", "\ude00\ud83c", "🇺🇦", "👩‍👩‍👧", "𝕒", "\ud83c", "Ї", "ї", "中", "ﷺ", "\u0000a", "\n", "/", "%00", "~",
    ];

    private static readonly int[] OddLengths = [33, 40, 41, 64, 65, 120, 121, 200, 255, 256, 500, 1000, 2048, 4096, 10_000, 100_000];

    /// <summary>Numbers as they are written.</summary>
    public static Gen<string> Number { get; } = Gen.Frequency(
        (3, Gen.Elements(OddNumbers)),
        (1, from digits in Digits(1, 60) from sign in Gen.Elements("", "-") select sign + digits),
        (1, from whole in Digits(1, 30) from rest in Digits(1, 30) select $"{whole}.{rest}"),
        (1, from whole in Digits(1, 3) from exponent in Gen.Choose(-500, 500) select string.Create(CultureInfo.InvariantCulture, $"{whole}e{exponent}")));

    /// <summary>Texts of any kind, also halves of surrogate pairs.</summary>
    public static Gen<string> Text { get; } = Gen.Frequency(
        (2, Number),
        (2, Gen.Elements(OddTimes)),
        (3, Gen.Elements(OddIds)),
        (1, Cursor()),
        (3, Gen.Elements(Attacks)),
        (3, Odd()),
        (1, from text in Gen.Elements("a", "ї", "𝕒", "\u0301", "0", "[", "-", "~t_~") from length in Gen.Elements(OddLengths) select Long(text, length)));

    /// <summary>Texts that fit in an address or a header.</summary>
    public static Gen<string> ShortText { get; } = Text.Select(text => text.Length > 1000 ? text[..1000] : text);

    /// <summary>Cursors: those of other lists, broken ones, and any list of texts in a cursor's form.</summary>
    public static Gen<string> Cursor() => Gen.Frequency(
        (2, Gen.Elements(OddCursors)),
        (1, from count in Gen.Choose(1, 4)
            from parts in Gen.ArrayOf(Gen.OneOf(Gen.Elements(OddTimes), Number, Gen.Elements(OddIds), Odd()), count)
            select Convert.ToBase64String(Encoding.UTF8.GetBytes($"[{string.Join(',', parts.Select(part => Quoted(part, escaped: true)))}]")).TrimEnd('=').Replace('+', '-').Replace('/', '_')));

    /// <summary>JSON, and what only looks like it.</summary>
    public static Gen<string> Json { get; } = Gen.Frequency(
        (3, Number),
        (5, from text in Text from escaped in Gen.Elements(true, false) select Quoted(text, escaped)),
        (1, from number in Number select $"\"{number}\""),
        (2, Gen.Elements("null", "true", "false", "[]", "[null]", "[[]]", "{}", "{\"\":null}", "[1,\"a\",{}]", "{\"a\":1,\"a\":2}", "{\"$type\":\"System.Object\"}", "{\"$ref\":\"#\"}", "{\"__proto__\":{}}", "tru", "'a'", "undefined", "\"", "")),
        (1, from depth in Gen.Elements(2, 28, 30, 31, 32, 33, 64, 5000) from kind in Gen.Elements(true, false) select Nested(depth, kind)),
        (1, from item in Gen.OneOf(Gen.Elements("1", "\"a\"", "\"~t_~\"", "{}"), Number) from count in Gen.Elements(2, 101, 1001, 5000) select $"[{string.Join(',', Enumerable.Repeat(item, count))}]"));

    /// <summary>A JSON string; halves of surrogate pairs, which no UTF-8 can hold, are always escaped.</summary>
    public static string Quoted(string text, bool escaped)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c is '"' or '\\' || c < ' ' || char.IsSurrogate(c) || (escaped && c > '~') ? json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : json.Append(c);
        }

        return json.Append('"').ToString();
    }

    private static Gen<string> Odd() => from count in Gen.Choose(1, 6)
                                        from parts in Gen.ArrayOf(Gen.OneOf(Gen.Elements(OddCharacters), Gen.Elements("a", "Сад", "t_", "1")), count)
                                        select string.Concat(parts);

    private static Gen<string> Digits(int least, int most) => from length in Gen.Choose(least, most) from digits in Gen.ArrayOf(Gen.Elements("0123456789".ToCharArray()), length) select new string(digits);

    private static string Nested(int depth, bool list) => list
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static string Long(string text, int length) => string.Concat(Enumerable.Repeat(text, length));
}
