using System.Globalization;
using Daarion.Server.Settings;

namespace Daarion.Server.Embedded;

/// <summary>Who the children run as when the server runs as root: PostgreSQL refuses root, and NATS does not need it.</summary>
internal sealed record UnprivilegedUser(string Name, uint Uid, uint Gid)
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    /// <summary>The user to drop to; null when the server has no privileges to drop.</summary>
    /// <exception cref="StartException">The machine has no such user.</exception>
    public static UnprivilegedUser? ForChildren()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var users = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(cells => cells.Length >= 4)
            .GroupBy(cells => cells[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        return Candidates.Where(users.ContainsKey).Select(name => Of(users[name])).FirstOrDefault()
            ?? throw new StartException(ExitCode.Failed, "PostgreSQL refuses to run as root and there is no user 'postgres' to drop to: run daarion as an ordinary user, or install the package postgresql.");
    }

    private static UnprivilegedUser Of(string[] cells) =>
        new(cells[0], uint.Parse(cells[2], CultureInfo.InvariantCulture), uint.Parse(cells[3], CultureInfo.InvariantCulture));
}
