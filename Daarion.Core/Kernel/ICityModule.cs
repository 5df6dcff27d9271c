using Daarion.Core.Events;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Daarion.Core.Kernel;

/// <summary>How a service is added to a host: what it registers, what it publishes, what it reacts to.</summary>
public interface ICityModule
{
    /// <summary>The service, a <see cref="ServiceName"/>; also its schema.</summary>
    string Service { get; }

    /// <summary>Registers the service behind its contract, its context and its options.</summary>
    void AddTo(IServiceCollection services);

    /// <summary>The capabilities its operations ask for, and the bundles that hold them in a new city.</summary>
    IReadOnlyList<CapabilityDeclaration> Capabilities => [];

    /// <summary>The events it publishes.</summary>
    IReadOnlyList<EventDeclaration> Events => [];

    /// <summary>The events it reacts to.</summary>
    IReadOnlyList<ConsumerDeclaration> Consumers => [];
}

/// <summary>Registration of contracts.</summary>
public static class ContractRegistration
{
    /// <summary>Registers a service behind its contract: whoever asks for the contract gets the proxy that opens an operation.</summary>
    public static IServiceCollection AddContract<TContract, TService>(this IServiceCollection services, string service)
        where TContract : class
        where TService : class, TContract
    {
        services.TryAddScoped<TService>();
        services.AddSingleton(provider => ContractDispatch<TContract>.Create(provider.GetRequiredService<OperationRunner>(), service, typeof(TService)));
        return services;
    }
}
