using System.Collections.Frozen;
using System.Globalization;
using Daarion.Core.Policy;

namespace Daarion.Bench.Running.Decisions;

/// <summary>A registry of 200 capabilities and 50 bundles, in which roles, offices, plans, services and keys hold what they do in a real one.</summary>
internal static class BenchRegistry
{
    public const int Domains = 40;
    public const int CustomBundles = 16;
    public const string Frozen = "d05.thing.create";
    public const string Gated = "d39.thing.create";

    private const int Services = 10;
    private const int Platforms = 10;
    private static readonly string[] Verbs = ["read", "list", "create", "update", "delete"];

    public static readonly string[] Capabilities = [.. Enumerable.Range(0, Domains).SelectMany(domain => Verbs.Select(verb => Code(domain, verb)))];

    public static string Custom(int number) => string.Create(CultureInfo.InvariantCulture, $"custom.{number}");

    public static PolicySnapshot Make(DateTimeOffset at) => new(1, at, Capabilities, Bundles().Select(bundle => new Bundle(bundle.Name, 1, bundle.Grants.ToFrozenDictionary(StringComparer.Ordinal))))
    {
        Freezes = new Dictionary<string, Freeze>(StringComparer.Ordinal) { [Frozen] = new(null, "a vote is open.") }.ToFrozenDictionary(StringComparer.Ordinal),
    };

    private static IEnumerable<(string Name, Dictionary<string, Grant> Grants)> Bundles()
    {
        yield return Bundle("role.Owner", (_, _) => new Grant(DecisionScope.All));
        yield return Bundle("role.Guardian", (domain, verb) => verb == "delete" && domain % 4 == 0 ? null : new Grant(DecisionScope.All));
        yield return Bundle("role.Member", (domain, verb) => verb switch
        {
            "read" or "list" => new Grant(DecisionScope.All, ViewerType.Reader),
            "create" => new Grant(DecisionScope.All, domain % 3 == 0 ? ViewerType.Commenter : ViewerType.Contributor),
            "update" => new Grant(DecisionScope.Own, ViewerType.Contributor),
            _ => null,
        });
        yield return Bundle("role.Visitor", (domain, verb) => verb == "read" && domain % 2 == 0 ? new Grant(DecisionScope.All) : null);
        yield return Bundle("city.Owner", (_, _) => new Grant(DecisionScope.All));
        yield return Bundle("city.Guardian", (_, verb) => verb is "read" or "list" or "update" ? new Grant(DecisionScope.All) : null);
        yield return Bundle("city.Member", (_, verb) => verb is "read" or "list" ? new Grant(DecisionScope.All) : null);
        yield return Bundle("plan.Freemium", (_, _) => null);
        yield return Bundle("plan.Casual", (_, _) => null);
        yield return Bundle("plan.Premium", (domain, verb) => Code(domain, verb) == Gated ? new Grant(DecisionScope.All) : null);
        yield return Bundle("plan.Platformium", (domain, verb) => Code(domain, verb) == Gated ? new Grant(DecisionScope.All) : null);
        yield return Bundle("service.default", (domain, verb) => verb == "read" && domain < Domains / 2 ? new Grant(DecisionScope.All) : null);
        yield return Bundle("platform.default", (domain, verb) => verb == "create" && domain < 3 ? new Grant(DecisionScope.All) : null);
        yield return Bundle("agent.default", (_, verb) => verb == "read" ? new Grant(DecisionScope.All) : null);
        foreach (var (kind, count) in new[] { ("service", Services), ("platform", Platforms), ("custom", CustomBundles) })
        {
            for (var number = 0; number < count; number++)
            {
                yield return Bundle(string.Create(CultureInfo.InvariantCulture, $"{kind}.{number}"), (domain, verb) => domain % count == number && verb != "delete" ? new Grant(DecisionScope.All) : null);
            }
        }
    }

    private static (string Name, Dictionary<string, Grant> Grants) Bundle(string name, Func<int, string, Grant?> grant)
    {
        var grants = new Dictionary<string, Grant>(StringComparer.Ordinal);
        for (var domain = 0; domain < Domains; domain++)
        {
            foreach (var verb in Verbs)
            {
                if (grant(domain, verb) is { } given)
                {
                    grants[Code(domain, verb)] = given;
                }
            }
        }

        return (name, grants);
    }

    private static string Code(int domain, string verb) => string.Create(CultureInfo.InvariantCulture, $"d{domain:00}.thing.{verb}");
}
