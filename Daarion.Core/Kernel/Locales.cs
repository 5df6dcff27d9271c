namespace Daarion.Core.Kernel;

/// <summary>The languages the city speaks.</summary>
public static class Locales
{
    /// <summary>Ukrainian.</summary>
    public const string Default = "uk";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = ["uk", "en"];

    /// <summary>The locale, where it is one of the city's.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static string Checked(string locale) => All.Contains(locale) ? locale : throw CityException.Invalid("locale", "Use uk or en.");
}
