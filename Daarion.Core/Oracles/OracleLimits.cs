using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Oracles;

/// <summary>Where the rules draw their lines: settings that governance changes, those of a new city where none was set.</summary>
/// <param name="Future">How far a reading's time may lie after its arrival.</param>
/// <param name="MaxAge">How far it may lie before.</param>
/// <param name="JumpPercent">How many per cent energy may rise over the usual.</param>
/// <param name="SpikeFactor">How many times the usual water may rise.</param>
/// <param name="ThrottleFactor">How many times closer than usual readings may come.</param>
/// <param name="DisagreementPercent">How many per cent two oracles of a site may differ.</param>
internal sealed record OracleLimits(TimeSpan Future, TimeSpan MaxAge, decimal JumpPercent, decimal SpikeFactor, decimal ThrottleFactor, decimal DisagreementPercent)
{
    /// <summary>Those of a new city.</summary>
    public static readonly OracleLimits Usual = new(TimeSpan.FromMinutes(5), TimeSpan.FromDays(30), 500, 100, 100, 10);

    /// <summary>Those in force.</summary>
    public static OracleLimits Of(PolicySnapshot registry) => new(
        Number(registry, "oracles.future_seconds") is { } seconds ? TimeSpan.FromSeconds((double)seconds) : Usual.Future,
        Number(registry, "oracles.max_age_days") is { } days ? TimeSpan.FromDays((double)days) : Usual.MaxAge,
        Number(registry, "oracles.jump_pct") ?? Usual.JumpPercent,
        Number(registry, "oracles.spike_factor") ?? Usual.SpikeFactor,
        Number(registry, "oracles.throttle_factor") ?? Usual.ThrottleFactor,
        Number(registry, "oracles.disagreement_pct") ?? Usual.DisagreementPercent);

    private static decimal? Number(PolicySnapshot registry, string name) =>
        registry.Settings.TryGetValue(name, out var text) && Quantity.TryParse(text, null, out var number) ? number.Value : null;
}
