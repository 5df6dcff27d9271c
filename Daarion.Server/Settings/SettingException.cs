namespace Daarion.Server.Settings;

/// <summary>A setting has a wrong value: one line that names the variable, the problem and a right example. The value of a secret is never in it.</summary>
internal sealed class SettingException(string variable, string problem, string example)
    : StartException(ExitCode.Config, $"{variable} {problem}; for example {variable}={example}");

/// <summary>The city cannot start, and the operator can do something about it: a sentence instead of a stack trace.</summary>
internal class StartException(int exitCode, string sentence, Exception? cause = null) : Exception(sentence, cause)
{
    /// <summary>What the process ends with.</summary>
    public int Code { get; } = exitCode;
}

/// <summary>What the process ends with (contracts: the command line).</summary>
internal static class ExitCode
{
    /// <summary>It worked.</summary>
    public const int Ok = 0;

    /// <summary>It did not work.</summary>
    public const int Failed = 1;

    /// <summary>It was not called as <c>--help</c> says.</summary>
    public const int Usage = 64;

    /// <summary>A setting has a wrong value.</summary>
    public const int Config = 78;
}
