namespace Daarion.Server.Cli.Doctor;

/// <summary>How well something is.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but not for ever or not as well as it could.</summary>
    Warning,

    /// <summary>The city does not work, or not whole.</summary>
    Error,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Verdict">How well it is.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Advice">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(string Name, Verdict Verdict, string Detail, string? Advice = null)
{
    public static Finding Good(string name, string detail) => new(name, Verdict.Ok, detail);

    public static Finding Warn(string name, string detail, string advice) => new(name, Verdict.Warning, detail, advice);

    public static Finding Bad(string name, string detail, string advice) => new(name, Verdict.Error, detail, advice);
}

/// <summary>All that was looked at.</summary>
/// <param name="Ok">Nothing is an error.</param>
/// <param name="Checks">Each of them.</param>
internal sealed record Findings(bool Ok, IReadOnlyList<Finding> Checks);
