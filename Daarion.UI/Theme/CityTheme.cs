using MudBlazor;

namespace Daarion.UI.Theme;

/// <summary>
/// MudBlazor in the city's clothes. Colours come from the tokens in <c>css/tokens.css</c>, which its palette variables point to in both
/// themes; here is what is not a colour, and the same palette in values for whatever computes with it.
/// </summary>
public static class CityTheme
{
    private const string Inter = "Inter Variable";

    /// <summary>The one theme.</summary>
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#2456d6",
            Background = "#f7f8fa",
            Surface = "#ffffff",
            TextPrimary = "#14181f",
            TextSecondary = "#4b5563",
            LinesDefault = "#e3e6eb",
            Success = "#0f7a4a",
            Warning = "#8a5a00",
            Error = "#b3261e",
            Info = "#2456d6",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#86a8ff",
            Background = "#0e1116",
            Surface = "#151a21",
            TextPrimary = "#e8ecf2",
            TextSecondary = "#aab4c2",
            LinesDefault = "#242b35",
            Success = "#5fd19a",
            Warning = "#e8b75a",
            Error = "#ff8a80",
            Info = "#86a8ff",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "7px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = [Inter, "system-ui", "sans-serif"], FontSize = "14px", LineHeight = "20px", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = [Inter, "system-ui", "sans-serif"], FontSize = "13px", FontWeight = "540", TextTransform = "none", LetterSpacing = "normal" },
        },
    };
}
