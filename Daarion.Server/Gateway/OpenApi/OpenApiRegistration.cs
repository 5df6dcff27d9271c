using Daarion.Server.Settings;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>The OpenAPI 3.1 documents of both listeners and the reference page.</summary>
internal static class OpenApiRegistration
{
    public const string Public = "public";
    public const string Internal = "internal";

    public static IServiceCollection AddCityOpenApi(this IServiceCollection services)
    {
        services.AddSingleton<ContractDocs>();
        services.AddSingleton<AreaTags>();
        services.AddSingleton<CitySchemas>();
        services.AddSingleton<OperationDescription>();
        services.AddOpenApi(Public, options => Configure(options, Listener.Public));
        services.AddOpenApi(Internal, options => Configure(options, Listener.Internal));
        return services;
    }

    public static void MapCityOpenApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AllowsVisitors().ExcludeFromDescription();
        ReferencePage.Map(routes);
    }

    private static void Configure(OpenApiOptions options, Listener listener)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // What is marked for neither listener answers on both.
        options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.OfType<ListenerMetadata>().LastOrDefault() is not { } mark || mark.Listener == listener;
        options.CreateSchemaReferenceId = type => SchemaNames.Of(type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer<CitySchemas>();
        options.AddOperationTransformer<OperationDescription>();
        options.AddDocumentTransformer((document, context, ct) => new DocumentDescription(
            listener, context.ApplicationServices.GetRequiredService<CitySettings>(), context.ApplicationServices.GetRequiredService<AreaTags>()).TransformAsync(document, context, ct));
    }
}
