using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Daarion.Core.Kernel;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>How operations are kept: as they were given, without the fields that were not.</summary>
internal static class RegistryJson
{
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        CityJson.Configure(options);
        options.MakeReadOnly();
        return options;
    }
}
