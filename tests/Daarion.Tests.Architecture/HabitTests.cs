using System.Text.RegularExpressions;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Architecture.Reading;
using Mono.Cecil.Cil;

namespace Daarion.Tests.Architecture;

/// <summary>Habits that keep the code testable and the PEP whole.</summary>
public partial class HabitTests
{
    private static readonly string[] Entrances =
    [
        "Daarion.Server.Gateway", "Daarion.Server.SignIn", "Daarion.Server.Cli", "Daarion.Server.Api", "Daarion.Server.Relay", "Daarion.Server.Screens", "Daarion.UI",
        "Daarion.Core.Embassies.EmbassyDoor", // it verifies the signature that makes a platform the caller
    ];

    /// <summary>Who may go without an identity, and why: each verifies a proof of its own.</summary>
    private static readonly string[] ByProof =
    [
        "Daarion.Core.Auth.SignInService", // codes, links, sessions, the setup token
        "Daarion.Core.Auth.ServiceKeyService", // a key's own secret
        "Daarion.Core.Capabilities.AccessKeys.AccessKeyService", // a key's own secret
        "Daarion.Core.Teams.MembershipService", // an invitation's link
        "Daarion.Core.Capabilities.RegistrySeeder", // the release itself brings its capabilities
        "Daarion.Core.Embassies.EmbassyDeliveries", // a delivery's signature
        "Daarion.Core.Policy.Access",
    ];

    [Fact]
    public void Time_comes_from_the_clock_that_was_given()
    {
        string[] ambient =
        [
            "System.DateTime.get_UtcNow", "System.DateTime.get_Now", "System.DateTime.get_Today", "System.DateTimeOffset.get_UtcNow", "System.DateTimeOffset.get_Now", "System.Threading.Thread.Sleep",
        ];

        Rule.Holds(Calls.All.Where(call => ambient.Contains(call.Target, StringComparer.Ordinal) && !IsGenerated(call)).Select(call => call.ToString()));
    }

    [Fact]
    public void Only_entrances_say_who_calls()
    {
        string[] makers = [nameof(Caller.ForUser), nameof(Caller.ForServiceKey), nameof(Caller.ForAccessKey), nameof(Caller.ForPlatform), nameof(Caller.Anonymous)];

        var made = Calls.All.Where(call => call.To.DeclaringType.FullName == typeof(Caller).FullName
            && makers.Contains(call.To.Name, StringComparer.Ordinal)
            && call.From.FullName != typeof(Caller).FullName
            && !Entrances.Any(entrance => call.From.FullName.StartsWith(entrance, StringComparison.Ordinal)));

        Rule.Holds(made.Select(call => call.ToString()));
    }

    [Fact]
    public void A_service_reacts_only_in_its_own_name()
    {
        var borrowed =
            from one in Calls.Bodies(City.Core)
            let service = City.ServiceOf(one.Type.Namespace)
            where service is not null
            from instruction in one.Body.Body.Instructions
            where instruction.OpCode == OpCodes.Call && instruction.Operand is Mono.Cecil.MethodReference { Name: nameof(Caller.ForService) } method && method.DeclaringType.FullName == typeof(Caller).FullName
            let name = Before(instruction)
            where name is not null && name != service
            select $"{one.Type.FullName}.{one.Method} calls in the name of {name}";

        Rule.Holds(borrowed);

        static string? Before(Instruction call)
        {
            for (var at = call.Previous; at is not null; at = at.Previous)
            {
                if (at is { OpCode.Code: Code.Ldstr, Operand: string text } && ServiceName.All.Contains(text, StringComparer.Ordinal))
                {
                    return text;
                }
            }

            return null;
        }
    }

    [Fact]
    public void Few_go_by_a_proof_instead_of_an_identity() => Rule.Holds(
        Calls.All
            .Where(call => call.To.Name == nameof(IAccess.AllowByProof) && !ByProof.Contains(call.From.FullName, StringComparer.Ordinal))
            .Select(call => call.ToString()));

    [Fact]
    public void Nobody_else_records_decisions()
    {
        var recorded = Calls.All.Where(call => call.To.Name == "Record" && call.To.DeclaringType.FullName == typeof(Operation).FullName);

        Assert.All(recorded, call => Assert.StartsWith("Daarion.Core.Policy.", call.From.FullName, StringComparison.Ordinal));
    }

    [Fact]
    public void No_log_line_has_room_for_a_secret()
    {
        var lines =
            from one in Calls.Bodies(City.Core).Concat(Calls.Bodies(City.Server)).Concat(Calls.Bodies(City.Ui))
            where one.Body.Body.Instructions.Any(instruction => instruction.Operand is Mono.Cecil.MethodReference method && method.DeclaringType.FullName.Contains("Logger", StringComparison.Ordinal))
            from instruction in one.Body.Body.Instructions
            where instruction.OpCode == OpCodes.Ldstr && Secret().IsMatch((string)instruction.Operand)
            select $"{one.Type.FullName}.{one.Method}: {instruction.Operand}";

        Rule.Holds(lines);
    }

    private static bool IsGenerated(Call call) => call.From.Namespace.StartsWith("Microsoft.", StringComparison.Ordinal) || call.From.Namespace.StartsWith("System.", StringComparison.Ordinal);

    [GeneratedRegex(@"\{\w*(Secret|Password|Token|(?<!Exit|Status)Code|Email|Cookie|ConnectionString)\}", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secret();
}
