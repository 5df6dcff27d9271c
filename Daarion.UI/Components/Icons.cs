using System.Collections.Frozen;

namespace Daarion.UI.Components;

/// <summary>The console's icons, drawn on 16 by 16 with one stroke; shipped as paths, so nothing is asked of anyone.</summary>
public static class Icons
{
    /// <summary>The drawings by name.</summary>
    public static FrozenDictionary<string, string> Paths { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["home"] = "<path d='M2.5 7 8 2.5 13.5 7v6.500h-4V10h-3v3.500h-4z'/>",
        ["people"] = "<circle cx='6' cy='5.500' r='2.500'/><path d='M1.500 13.500c.4-2.600 2.200-4 4.500-4s4.100 1.400 4.500 4M11 3.300a2.300 2.300 0 0 1 0 4.400M12.200 9.800c1.400.5 2.200 1.800 2.400 3.700'/>",
        ["shield"] = "<path d='M8 1.800 13 4v4c0 3-2 5.200-5 6.200C5 13.200 3 11 3 8V4z'/><path d='m5.800 8 1.600 1.600 2.900-3'/>",
        ["wallet"] = "<rect x='1.800' y='4' width='12.400' height='9' rx='1.500'/><path d='M1.800 6.500h12.400M11 9.800h1'/>",
        ["bolt"] = "<path d='M9 1.500 3.500 9H8l-1 5.500L12.500 7H8z'/>",
        ["events"] = "<path d='M2 4h8M2 8h12M2 12h6'/><circle cx='12.500' cy='4' r='1.300'/>",
        ["gear"] = "<circle cx='8' cy='8' r='2.200'/><path d='M8 1.800v1.900M8 12.300v1.900M1.800 8h1.900M12.300 8h1.900M3.600 3.600l1.400 1.400M11 11l1.400 1.400M12.400 3.600 11 5M5 11l-1.400 1.400'/>",
        ["search"] = "<circle cx='7' cy='7' r='4.200'/><path d='m10.200 10.200 3.300 3.300'/>",
        ["moon"] = "<path d='M13 9.500A5.500 5.500 0 1 1 6.500 3 4.500 4.500 0 0 0 13 9.500z'/>",
        ["sun"] = "<circle cx='8' cy='8' r='2.800'/><path d='M8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M12.600 3.400l-.9.9M4.300 11.700l-.9.9'/>",
        ["check"] = "<path d='m3.500 8.500 3 3 6-7'/>",
        ["cross"] = "<path d='m4 4 8 8M12 4l-8 8'/>",
        ["clock"] = "<circle cx='8' cy='8' r='5.500'/><path d='M8 5v3.300l2 1.200'/>",
        ["dash"] = "<path d='M4.500 8h7'/>",
        ["alert"] = "<path d='M8 2.500 14 13H2z'/><path d='M8 6.500v3M8 11.200v.1'/>",
        ["info"] = "<circle cx='8' cy='8' r='5.800'/><path d='M8 7.300v3.500M8 5.200v.1'/>",
        ["copy"] = "<rect x='5.500' y='5.500' width='8' height='8' rx='1.500'/><path d='M10.500 5.500v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2'/>",
        ["plus"] = "<path d='M8 3v10M3 8h10'/>",
        ["more"] = "<circle cx='3.500' cy='8' r='.6'/><circle cx='8' cy='8' r='.6'/><circle cx='12.500' cy='8' r='.6'/>",
        ["down"] = "<path d='m4 6.500 4 4 4-4'/>",
        ["up"] = "<path d='m4 9.500 4-4 4 4'/>",
        ["left"] = "<path d='m10 4-4 4 4 4'/>",
        ["right"] = "<path d='m6 4 4 4-4 4'/>",
        ["arrow"] = "<path d='M3 8h10M9 4l4 4-4 4'/>",
        ["download"] = "<path d='M8 2.500v8M4.800 7.500 8 10.700l3.200-3.200M3 13.500h10'/>",
        ["columns"] = "<rect x='2' y='3' width='12' height='10' rx='1.500'/><path d='M6 3v10M10 3v10'/>",
        ["out"] = "<path d='M6.500 2.500h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M10.500 11l3-3-3-3M13.500 8h-7'/>",
        ["key"] = "<circle cx='5' cy='11' r='2.800'/><path d='m7 9 6-6M11 5l2 2M9.200 6.800l1.500 1.500'/>",
        ["lock"] = "<rect x='3.500' y='7' width='9' height='6.500' rx='1.500'/><path d='M5.500 7V5a2.500 2.500 0 0 1 5 0v2'/>",
        ["mail"] = "<rect x='1.800' y='3.500' width='12.400' height='9' rx='1.500'/><path d='m2.500 4.500 5.500 4.300 5.500-4.300'/>",
        ["person"] = "<circle cx='8' cy='5.300' r='2.800'/><path d='M2.800 13.800c.5-2.900 2.500-4.300 5.200-4.300s4.700 1.400 5.200 4.300'/>",
        ["globe"] = "<circle cx='8' cy='8' r='5.800'/><path d='M2.200 8h11.600M8 2.200c2 1.700 2.700 3.600 2.700 5.800S10 12.100 8 13.800C6 12.100 5.300 10.200 5.300 8S6 3.900 8 2.200z'/>",
        ["trace"] = "<path d='M2 3.500h6M5 8h7M8 12.500h6'/>",
        ["scales"] = "<path d='M8 2.500v11M4.500 13.500h7M3 4.500h10M3 4.500 1.500 9h3zM13 4.500 11.500 9h3z'/>",
        ["meter"] = "<path d='M2.500 12a6 6 0 1 1 11 0M8 10l2.500-3'/>",
        ["box"] = "<path d='M2.500 5 8 2.200 13.500 5v6L8 13.800 2.500 11zM2.500 5 8 7.800 13.500 5M8 7.800v6'/>",
        ["send"] = "<path d='m2 8 12-5.500-4.500 11L7.300 9z'/>",
        ["refresh"] = "<path d='M13 5.500A5.500 5.500 0 1 0 13.500 9M13.500 2.500v3h-3'/>",
        ["keyboard"] = "<rect x='1.500' y='4' width='13' height='8' rx='1.500'/><path d='M4 6.700h.1M6.700 6.700h.1M9.300 6.700h.1M12 6.700h.1M4.500 9.500h7'/>",
        ["fold"] = "<rect x='2' y='3' width='12' height='10' rx='1.500'/><path d='M6 3v10M11 6.500 9.500 8l1.500 1.500'/>",
        ["trash"] = "<path d='M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.6 9h6.800l.6-9'/>",
        ["chart"] = "<path d='M2 13.500h12M4 11V7M8 11V3M12 11V5.500'/>",
        ["hash"] = "<path d='M3 6h10M3 10h10M6.500 2.500l-1 11M10.500 2.500l-1 11'/>",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
