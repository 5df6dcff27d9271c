using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>What an event is about, in a few words: its figures and the names of what it touches.</summary>
public sealed partial class EventLine
{
    private const int MostParts = 3;
    private IReadOnlyList<(string Text, bool IsId)> parts = [];

    /// <summary>The event.</summary>
    [Parameter, EditorRequired]
    public EventEnvelope Event { get; set; } = null!;

    protected override void OnParametersSet() => parts = [.. Parts().DistinctBy(part => part.Text, StringComparer.Ordinal).Take(MostParts)];

    private IEnumerable<(string Text, bool IsId)> Parts()
    {
        var payload = Event.Payload;
        if (Number(payload, "amount") is { } amount && Text(payload, "symbol") is { } token)
        {
            yield return ($"{Format.Quantity(amount)} {token}", false);
        }
        else if (Number(payload, "delta") is { } delta)
        {
            yield return ($"{Format.Quantity(delta, sign: true)} {(Text(payload, "unit") is { } unit ? T.Of("unit", unit) : Text(payload, "symbol"))}", false);
        }

        if (Text(payload, "rule") is { } rule && Event.Type.EndsWith(".rejected", StringComparison.Ordinal))
        {
            yield return (T.Of("rule", rule), false);
        }

        if (Text(payload, "action") is { } action)
        {
            yield return (action, false);
        }

        if (Text(payload, "site_id") is { } site)
        {
            yield return (site, false);
        }
        else if (Text(payload, "platform") is { } platform)
        {
            yield return (platform, false);
        }

        foreach (var name in new[] { "user_id", "owner_id" })
        {
            if (Text(payload, name) is { } id)
            {
                yield return (id, true);
                break;
            }
        }

        if (Event.Meta.TeamId is { } team)
        {
            yield return (team.Value, true);
        }
    }

    private static string? Text(JsonElement payload, string name) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Quantity? Number(JsonElement payload, string name) => Quantity.TryParse(Text(payload, name), null, out var number) ? number : null;
}
