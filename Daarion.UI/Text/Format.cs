using System.Globalization;
using Daarion.Core.Kernel;

namespace Daarion.UI.Text;

/// <summary>Numbers as people read them, in the culture of the screen.</summary>
public static class Format
{
    private const string Minus = "−";

    /// <summary>A quantity with as many places as it needs, at least <paramref name="least"/>.</summary>
    public static string Quantity(Quantity value, int least = 0, bool sign = false) => Decimal(value.Value, least, 9, sign);

    /// <summary>An amount with its token.</summary>
    public static string Amount(Quantity value, Symbol symbol, bool sign = false) => $"{Quantity(value, sign: sign)} {symbol.Code()}";

    /// <summary>A decimal with 0 to <paramref name="most"/> places.</summary>
    public static string Decimal(decimal value, int least = 0, int most = 3, bool sign = false)
    {
        var text = Math.Abs(value).ToString("#,0." + new string('0', least) + new string('#', most - least), CultureInfo.CurrentCulture);
        return value < 0 ? Minus + text : sign && value > 0 ? "+" + text : text;
    }

    /// <summary>A whole number.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>A rate, short: 402, 3,1, 0,04.</summary>
    public static string Rate(double value) => value.ToString(value >= 100 ? "N0" : value >= 1 ? "0.#" : "0.##", CultureInfo.CurrentCulture);

    /// <summary>A share of one as a percentage.</summary>
    public static string Percent(double share) => $"{(share * 100).ToString(share is > 0 and < 0.1 ? "0.#" : "0", CultureInfo.CurrentCulture)} %";

    /// <summary>Bytes, in the unit that fits.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++)
        {
            bytes /= 1000;
        }

        return $"{bytes.ToString(unit == 0 ? "0" : "0.#", CultureInfo.CurrentCulture)} {units[unit]}";
    }

    /// <summary>The two letters on a person's face.</summary>
    public static string Initials(string name)
    {
        var parts = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var letters = parts.Length switch
        {
            0 => "?",
            1 => new StringInfo(parts[0]).SubstringByTextElements(0, 1),
            _ => new StringInfo(parts[0]).SubstringByTextElements(0, 1) + new StringInfo(parts[^1]).SubstringByTextElements(0, 1),
        };
        return letters.ToUpper(CultureInfo.CurrentCulture);
    }

    /// <summary>An id shortened in the middle: <c>pay_01jcq…3d5f</c>.</summary>
    public static string ShortId(string id)
    {
        var prefix = id.IndexOf('_', StringComparison.Ordinal) + 1;
        return id.Length - prefix <= 14 ? id : $"{id[..(prefix + 5)]}…{id[^4..]}";
    }
}
