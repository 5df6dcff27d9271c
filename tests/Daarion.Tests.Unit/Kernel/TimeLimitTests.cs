using System.Reflection;
using Daarion.Core.Data;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class TimeLimitTests
{
    [Fact]
    public void No_operation_may_take_as_long_as_its_idempotency_key_is_held_for_it()
    {
        var longest = typeof(TimeLimitAttribute).Assembly.GetTypes()
            .Where(type => type.IsInterface)
            .SelectMany(type => type.GetMethods())
            .Max(method => method.GetCustomAttribute<TimeLimitAttribute>()?.Seconds ?? 0);

        Assert.InRange(TimeSpan.FromSeconds(longest), TimeSpan.FromSeconds(1), IdempotencyKeys.RunningAtMost - TimeSpan.FromSeconds(30));
    }
}
