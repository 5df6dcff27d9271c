using System.Collections.Frozen;
using System.Text.Json;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.UI.Pages.Governance;

/// <summary>What kind of thing a field of an operation holds: how it is asked for.</summary>
public enum FieldKind
{
    /// <summary>A bundle of the registry.</summary>
    Bundle,

    /// <summary>A capability.</summary>
    Capability,

    /// <summary>Everything, or what is one's own.</summary>
    Scope,

    /// <summary>The least viewer type, of members only.</summary>
    Viewer,

    /// <summary>A plan.</summary>
    Plan,

    /// <summary>What a plan counts.</summary>
    Metric,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Stake multipliers, a line each.</summary>
    Steps,

    /// <summary>What has a price.</summary>
    Item,

    /// <summary>A token.</summary>
    Token,

    /// <summary>A type of asset that the city measures.</summary>
    RwaType,

    /// <summary>A word of one's own.</summary>
    Text,

    /// <summary>Capabilities, several.</summary>
    Capabilities,

    /// <summary>A moment at the screen.</summary>
    When,

    /// <summary>Hours.</summary>
    Hours,

    /// <summary>A setting of how the city votes.</summary>
    Setting,

    /// <summary>What that setting is to be.</summary>
    SettingValue,
}

/// <summary>One field of an operation.</summary>
/// <param name="Name">Its name in the contract.</param>
/// <param name="Kind">How it is asked for.</param>
/// <param name="Required">It may not be left out.</param>
public sealed record OperationField(string Name, FieldKind Kind, bool Required = true);

/// <summary>An operation while it is typed: what it does, and its fields as text.</summary>
public sealed class OperationDraft
{
    private static readonly FrozenDictionary<RegistryOp, OperationField[]> Forms = new Dictionary<RegistryOp, OperationField[]>
    {
        [RegistryOp.SetQuota] = [new("plan", FieldKind.Plan), new("metric", FieldKind.Metric), new("quota", FieldKind.Number), new("hard_limit", FieldKind.Number, false)],
        [RegistryOp.IncreaseQuota] = [new("plan", FieldKind.Plan), new("metric", FieldKind.Metric), new("by", FieldKind.Number)],
        [RegistryOp.DecreaseQuota] = [new("plan", FieldKind.Plan), new("metric", FieldKind.Metric), new("by", FieldKind.Number)],
        [RegistryOp.AddCap] = [new("bundle", FieldKind.Bundle), new("capability", FieldKind.Capability), new("scope", FieldKind.Scope), new("viewer", FieldKind.Viewer, false)],
        [RegistryOp.RemoveCap] = [new("bundle", FieldKind.Bundle), new("capability", FieldKind.Capability)],
        [RegistryOp.SetStakeMultiplier] = [new("steps", FieldKind.Steps)],
        [RegistryOp.SetComputePrice] = [new("item", FieldKind.Item), new("price", FieldKind.Number)],
        [RegistryOp.SetEnergySubsidy] = [new("rate", FieldKind.Number)],
        [RegistryOp.SetConversionRate] = [new("from", FieldKind.Token), new("to", FieldKind.Token), new("rate", FieldKind.Number)],
        [RegistryOp.SetRewardCap] = [new("rwa_type", FieldKind.RwaType), new("cap", FieldKind.Number)],
        [RegistryOp.FreezeCapabilities] = [new("capabilities", FieldKind.Capabilities), new("reason", FieldKind.Text), new("until", FieldKind.When, false)],
        [RegistryOp.UnfreezeCapabilities] = [new("capabilities", FieldKind.Capabilities)],
        [RegistryOp.EnableBurstMode] = [new("x_factor", FieldKind.Number), new("duration", FieldKind.Hours)],
        [RegistryOp.DisableBurstMode] = [],
        [RegistryOp.AddRwaType] = [new("rwa_type", FieldKind.Text), new("unit", FieldKind.Text)],
        [RegistryOp.RemoveRwaType] = [new("rwa_type", FieldKind.RwaType)],
        [RegistryOp.SetGovernanceSetting] = [new("name", FieldKind.Setting), new("value", FieldKind.SettingValue)],
    }.ToFrozenDictionary();

    /// <summary>Operations by what they are about, in the order of the choice.</summary>
    public static IReadOnlyList<(string Group, IReadOnlyList<RegistryOp> Ops)> Groups { get; } =
    [
        ("plans", [RegistryOp.SetQuota, RegistryOp.IncreaseQuota, RegistryOp.DecreaseQuota, RegistryOp.SetStakeMultiplier, RegistryOp.SetComputePrice, RegistryOp.EnableBurstMode, RegistryOp.DisableBurstMode]),
        ("access", [RegistryOp.AddCap, RegistryOp.RemoveCap, RegistryOp.FreezeCapabilities, RegistryOp.UnfreezeCapabilities]),
        ("economy", [RegistryOp.SetEnergySubsidy, RegistryOp.SetConversionRate, RegistryOp.SetRewardCap, RegistryOp.AddRwaType, RegistryOp.RemoveRwaType]),
        ("votes", [RegistryOp.SetGovernanceSetting]),
    ];

    /// <summary>Tells it from others while they come and go.</summary>
    public string Key { get; init; } = Guid.NewGuid().ToString("N")[..8];

    /// <summary>What it does.</summary>
    public RegistryOp Op { get; set; } = RegistryOp.SetQuota;

    /// <summary>What was typed, by the field's name.</summary>
    public Dictionary<string, string> Values { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The fields that this operation takes.</summary>
    public IReadOnlyList<OperationField> Fields => FieldsOf(Op);

    /// <summary>The fields that an operation takes.</summary>
    public static IReadOnlyList<OperationField> FieldsOf(RegistryOp op) => Forms[op];

    /// <summary>What was typed into a field.</summary>
    public string this[string field]
    {
        get => Values.GetValueOrDefault(field, string.Empty);
        set => Values[field] = value;
    }

    /// <summary>What is still missing.</summary>
    public IEnumerable<OperationField> Missing => Fields.Where(one => one.Required && string.IsNullOrWhiteSpace(Of(one)));

    /// <summary>A draft of an operation that another page made.</summary>
    public static OperationDraft From(RegistryOperation o)
    {
        var draft = new OperationDraft { Op = o.Op };
        foreach (var (name, value) in new (string, string?)[]
        {
            ("bundle", o.Bundle), ("capability", o.Capability), ("scope", o.Scope is { } scope ? Words.Of(scope) : null), ("viewer", o.Viewer is { } viewer ? Words.Of(viewer) : null),
            ("plan", o.Plan is { } plan ? Words.Of(plan) : null), ("metric", o.Metric), ("quota", Text(o.Quota)), ("hard_limit", Text(o.HardLimit)), ("by", Text(o.By)),
            ("steps", o.Steps is { } steps ? string.Join('\n', steps.Select(step => $"{Text(step.FromAmount)} {Text(step.Multiplier)}")) : null), ("item", o.Item), ("price", Text(o.Price)), ("rate", Text(o.Rate)),
            ("from", o.From), ("to", o.To), ("rwa_type", o.RwaType), ("cap", Text(o.Cap)), ("unit", o.Unit), ("capabilities", o.Capabilities is { } codes ? string.Join('\n', codes) : null),
            ("reason", o.Reason), ("x_factor", Text(o.XFactor)), ("name", o.Name), ("value", o.Value),
        })
        {
            if (value is not null)
            {
                draft[name] = value;
            }
        }

        return draft;
    }

    /// <summary>Reads what a browser kept; nothing where it is no such text.</summary>
    public static List<OperationDraft> Read(string? json)
    {
        try
        {
            return string.IsNullOrWhiteSpace(json) ? [] : JsonSerializer.Deserialize<List<OperationDraft>>(json, CityJson.Options) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Writes operations for the browser to keep.</summary>
    public static string Write(IEnumerable<OperationDraft> drafts) => JsonSerializer.Serialize(drafts.Select(draft => new Kept(draft.Key, draft.Op, draft.Values)), CityJson.Options);

    /// <summary>The operation.</summary>
    /// <param name="at">Which one it is, for what is wrong with it.</param>
    /// <param name="zone">The zone of the screen.</param>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the operation and the field.</exception>
    public RegistryOperation ToOperation(int at, TimeZoneInfo zone)
    {
        var takes = Fields.Select(field => field.Name).ToFrozenSet(StringComparer.Ordinal);
        string? Word(string name) => takes.Contains(name) && Of(name) is { Length: > 0 } text ? text : null;
        Quantity? Number(string name) => Word(name) is not { } text ? null
            : Quantity.TryParse(Plain(text), out var number) ? number : throw Wrong(at, name, "Give a decimal number such as \"12.5\", with at most 28 digits.");

        return new(
            Op,
            Word("bundle"),
            Word("capability"),
            Word("scope") is { } scope ? Words.Parse<DecisionScope>(scope) : null,
            Word("viewer") is { } viewer ? Words.Parse<ViewerType>(viewer) : null,
            Word("plan") is { } plan ? Words.Parse<TeamPlan>(plan) : null,
            Word("metric"),
            Number("quota"),
            Number("hard_limit"),
            Number("by"),
            takes.Contains("steps") ? Steps(at) : null,
            Word("item"),
            Number("price"),
            Number("rate"),
            Word("from"),
            Word("to"),
            Word("rwa_type"),
            Number("cap"),
            Word("unit"),
            Word("capabilities")?.Split([' ', '\n', '\r', ','], StringSplitOptions.RemoveEmptyEntries),
            Word("reason"),
            Word("until") is { } until ? Moment(until, zone) ?? throw Wrong(at, "until", "Give a time to come, or leave it out for a freeze that is lifted by hand.") : null,
            Number("x_factor"),
            Number("duration") is { } hours ? (int)Math.Min(hours.Value * 3600, 1_000_000) : null,
            Word("name"),
            Word("value"));
    }

    /// <summary>A moment as a field of the browser has it, at the screen.</summary>
    public static DateTimeOffset? Moment(string text, TimeZoneInfo zone) =>
        DateTime.TryParseExact(text, ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var local)
            ? new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime()
            : null;

    /// <summary>A moment as a field of the browser takes it.</summary>
    public static string Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    // People write a comma and spaces where machines write a point.
    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace(',', '.');

    private static string? Text(Quantity? quantity) => quantity?.Value.ToString("0.#########", System.Globalization.CultureInfo.InvariantCulture);

    private static CityException Wrong(int at, string field, string message) => CityException.Invalid($"operations[{at}].{field}", message);

    private List<MultiplierView> Steps(int at)
    {
        var steps = new List<MultiplierView>();
        foreach (var line in this["steps"].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split([' ', '\t', '×', 'x', ';', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || !Quantity.TryParse(Plain(parts[0]), out var from) || !Quantity.TryParse(Plain(parts[1]), out var multiplier))
            {
                throw Wrong(at, "steps", "Give 1 to 20 steps, the first from 0, each from more than the one before.");
            }

            steps.Add(new(from, multiplier));
        }

        return steps;
    }

    private string Of(OperationField field) => Of(field.Name);

    // What is always one of two is one of them before anyone chose.
    private string Of(string name) => this[name].Trim() is { Length: > 0 } text ? text : name == "scope" && Op == RegistryOp.AddCap ? Words.Of(DecisionScope.All) : string.Empty;

    private sealed record Kept(string Key, RegistryOp Op, Dictionary<string, string> Values);
}
