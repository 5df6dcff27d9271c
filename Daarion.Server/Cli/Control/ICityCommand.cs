using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Server.Cli.Control;

/// <summary>
/// A command of the operator that works inside a city: in the running server when there is one (<see cref="ControlSocket"/>), else in the
/// command's own process with the database started for its duration (<see cref="City"/>).
/// </summary>
internal interface ICityCommand
{
    /// <summary>Does it; the answer is what the command prints with <c>--json</c>.</summary>
    Task<JsonElement> Run(JsonElement arguments, CancellationToken ct);
}

/// <summary>A command with typed arguments and answer.</summary>
internal abstract class CityCommand<TArguments, TAnswer> : ICityCommand
    where TArguments : class
{
    /// <inheritdoc/>
    public async Task<JsonElement> Run(JsonElement arguments, CancellationToken ct) => JsonSerializer.SerializeToElement(
        await Run(arguments.Deserialize<TArguments>(CityJson.Options) ?? throw CityException.Invalid("arguments", "are missing"), ct),
        CityJson.Options);

    /// <summary>Does it.</summary>
    protected abstract Task<TAnswer> Run(TArguments arguments, CancellationToken ct);
}

/// <summary>A command on its way to the running server.</summary>
internal sealed record ControlRequest(string Command, JsonElement Arguments);

/// <summary>What came of it: an answer, or a sentence for the operator.</summary>
internal sealed record ControlAnswer(JsonElement? Answer, string? Failure);
