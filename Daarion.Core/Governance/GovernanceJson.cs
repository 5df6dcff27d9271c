using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Daarion.Core.Kernel;

namespace Daarion.Core.Governance;

/// <summary>How operations and results are kept: without the fields that were not given.</summary>
internal static class GovernanceJson
{
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        CityJson.Configure(options);
        options.RespectRequiredConstructorParameters = false;
        options.MakeReadOnly();
        return options;
    }
}
