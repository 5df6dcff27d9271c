using System.Net;
using System.Reflection;
using Daarion.Core;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>There is no way around the PDP: whoever holds nothing gets nothing, from any operation of any contract.</summary>
[Collection(CityCollection.Name)]
public sealed class PolicyGateTests(CityFixture city)
{
    /// <summary>Operations that verify a proof instead of an identity; what they say to a wrong proof is their own tests' business.</summary>
    private static readonly string[] ByProof =
    [
        "ISignInService", "IServiceKeyService.Verify", "IAccessKeyService.Verify", "IEmbassyDeliveries", "IMembershipService.InspectInvitation", "IMembershipService.AcceptInvitation",
    ];

    /// <summary>Operations that ask the PDP and say of a thing that one may not see the same as of one that is not there.</summary>
    private static readonly string[] TellNobody = ["ITelemetryService.GetAudit", "IWalletService.GetTransaction", "IWalletService.GetTransfer"];

    public static TheoryData<string, string> Operations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var method in Contracts().SelectMany(contract => contract.GetMethods()))
            {
                data.Add(method.DeclaringType!.Name, method.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Who_holds_nothing_gets_nothing(string contract, string operation)
    {
        if (Array.Exists(ByProof, proof => proof == contract || proof == $"{contract}.{operation}"))
        {
            return;
        }

        var method = Contracts().Single(type => type.Name == contract).GetMethod(operation)!;
        var origin = new Origin("req_gate", IPAddress.Loopback, "tests");
        var now = TimeProvider.System.GetUtcNow();
        Caller[] nobodies = [Caller.ForServiceKey("ak_nobody", null, origin), Caller.Anonymous(origin), Caller.ForPlatform("nobody", origin), Caller.ForAccessKey("ak_nobody", SubjectKind.Agent, "agent:nobody", origin)];

        foreach (var nobody in nobodies)
        {
            var failure = await Failure(method, nobody);
            Assert.True(
                failure is CityException { Code: ErrorCode.Forbidden, Reason: not null, DecisionId: not null }
                    || (failure is CityException { Code: ErrorCode.NotFound } && TellNobody.Contains($"{contract}.{operation}", StringComparer.Ordinal)),
                $"{contract}.{operation} says to {nobody.SubjectId}: {failure?.ToString() ?? "an answer"}");
        }

        var stranger = Caller.ForUser(UserId.New(now), SessionId.New(now), origin);
        var refusal = await Failure(method, stranger);
        Assert.True(refusal is null or CityException { Code: not ErrorCode.InternalError }, $"{contract}.{operation} says to a stranger: {refusal}");
    }

    [Fact]
    public void Every_endpoint_names_a_capability_that_is_declared()
    {
        var declared = CityModules.All.SelectMany(module => module.Capabilities).Select(capability => capability.Code).ToHashSet(StringComparer.Ordinal);

        var unnamed = Endpoints.Of(city.Services).Where(operation => !operation.IsOpen && (operation.Capability is null || !declared.Contains(operation.Capability))).Select(operation => $"{operation}: {operation.Capability ?? "none"}");

        Assert.Empty(unnamed);
    }

    [Fact]
    public void An_answer_with_a_secret_is_marked_so()
    {
        string[] secrets = ["secret", "client_secret", "sign_in_url", "sign_in_token", "token"];

        var unmarked = Endpoints.Of(city.Services)
            .Where(operation => operation is { Method: "POST", AnswersSecret: false, Answer: not null } && operation.Answer.Assembly == typeof(CityModules).Assembly
                && CityJson.Options.GetTypeInfo(operation.Answer).Properties.Any(property => secrets.Contains(property.Name, StringComparer.Ordinal)))
            .Select(operation => operation.ToString());

        Assert.Empty(unmarked);
    }

    private async Task<Exception?> Failure(MethodInfo method, Caller caller)
    {
        try
        {
            await (Task)method.Invoke(city.Services.GetRequiredService(method.DeclaringType!), [caller, Endpoints.Sample(method.GetParameters()[1].ParameterType), CancellationToken.None])!;
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static IEnumerable<Type> Contracts() => new ServiceCollection().AddCity()
        .Where(service => service is { IsKeyedService: false, Lifetime: ServiceLifetime.Singleton, ImplementationFactory: not null, ServiceType.IsInterface: true }
            && service.ServiceType.Assembly == typeof(CityModules).Assembly
            && Array.TrueForAll(service.ServiceType.GetMethods(), method => method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Caller) && method.ReturnType.IsGenericType))
        .Select(service => service.ServiceType)
        .Where(type => type.GetMethods().Length > 0)
        .Distinct();
}
