using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Kernel;

/// <summary>
/// What stands behind a contract when it is asked for from the container: not the service itself but a proxy that opens an
/// <see cref="Operation"/> around each call. So there is no way to call a service without its scope, its bulkhead and its guards, whoever calls.
/// </summary>
/// <typeparam name="TContract">The contract.</typeparam>
public class ContractDispatch<TContract> : DispatchProxy
    where TContract : class
{
    private static readonly ConcurrentDictionary<MethodInfo, MethodCall> Calls = new();
    private OperationRunner runner = null!;
    private string service = null!;
    private Type implementation = null!;

    /// <summary>Makes the proxy of a contract.</summary>
    /// <param name="runner">Opens the operations.</param>
    /// <param name="service">The service, a <see cref="ServiceName"/>.</param>
    /// <param name="implementation">The class behind the contract, resolved from each operation's own scope.</param>
    public static TContract Create(OperationRunner runner, string service, Type implementation)
    {
        var proxy = Create<TContract, ContractDispatch<TContract>>();
        var dispatch = (ContractDispatch<TContract>)(object)proxy;
        dispatch.runner = runner;
        dispatch.service = service;
        dispatch.implementation = implementation;
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Calls.GetOrAdd(targetMethod!, static method => MethodCall.For(method)).Invoke(this, args!);

    private abstract class MethodCall
    {
        public static MethodCall For(MethodInfo method)
        {
            var parameters = method.GetParameters();
            if (parameters is not [{ ParameterType: var first }, _, { ParameterType: var last }] || first != typeof(Caller) || last != typeof(CancellationToken)
                || !method.ReturnType.IsGenericType || method.ReturnType.GetGenericTypeDefinition() != typeof(Task<>))
            {
                throw new InvalidOperationException($"{method.DeclaringType?.Name}.{method.Name} is not of the shape Task<TAnswer> Name(Caller, TRequest, CancellationToken)");
            }

            var type = typeof(MethodCall<,>).MakeGenericType(typeof(TContract), parameters[1].ParameterType, method.ReturnType.GetGenericArguments()[0]);
            return (MethodCall)Activator.CreateInstance(type, method)!;
        }

        public abstract object Invoke(ContractDispatch<TContract> dispatch, object?[] args);
    }

    private sealed class MethodCall<TRequest, TAnswer>(MethodInfo method) : MethodCall
    {
        private readonly Func<TContract, Caller, TRequest, CancellationToken, Task<TAnswer>> call =
            method.CreateDelegate<Func<TContract, Caller, TRequest, CancellationToken, Task<TAnswer>>>();

        private readonly OperationLimits limits =
            method.GetCustomAttribute<TimeLimitAttribute>() is { } limit ? new(TimeSpan.FromSeconds(limit.Seconds)) : OperationLimits.Default;

        public override object Invoke(ContractDispatch<TContract> dispatch, object?[] args)
        {
            var (caller, request) = ((Caller)args[0]!, (TRequest)args[1]!);
            return dispatch.runner.Run(
                dispatch.service,
                method.Name,
                caller,
                limits,
                (services, ct) => call((TContract)services.GetRequiredService(dispatch.implementation), caller, request, ct),
                (CancellationToken)args[2]!);
        }
    }
}
