using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.UI;

namespace Daarion.Tests.Ui;

/// <summary>The person at a screen of these tests; nothing is asked of the city in their name.</summary>
public sealed class Somebody(bool isOperator = false) : IConsoleSession
{
    public Caller Caller => throw new NotSupportedException();

    public ConsolePerson? Person { get; } = new(UserId.New(TimeProvider.System.GetUtcNow()), "olena@example.org", "Olena", CultureInfo.GetCultureInfo("en-GB"), isOperator);

    public DateTimeOffset? SignedInAt { get; set; } = TimeProvider.System.GetUtcNow();

    public CancellationToken Ended => CancellationToken.None;

    public Task Load(CancellationToken ct) => Task.CompletedTask;
}
