using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Governance;

/// <summary>One operation of a proposal: what it does, the fields that this takes and no others, and what rules say of it.</summary>
public sealed partial class OperationFields
{
    /// <summary>The operation.</summary>
    [Parameter, EditorRequired]
    public OperationDraft Draft { get; set; } = null!;

    /// <summary>Which one, from 0.</summary>
    [Parameter]
    public int At { get; set; }

    /// <summary>What the fields choose from.</summary>
    [Parameter]
    public RegistryChoices Choices { get; set; } = RegistryChoices.None;

    /// <summary>The rules it would break.</summary>
    [Parameter]
    public IReadOnlyList<RuleViolation> Violations { get; set; } = [];

    /// <summary>What is wrong with fields, by their names in the contract.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string[]> Errors { get; set; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>Something was typed.</summary>
    [Parameter]
    public EventCallback OnChange { get; set; }

    /// <summary>It is to go; nothing where it is the only one.</summary>
    [Parameter]
    public EventCallback OnRemove { get; set; }

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    private RegistrySetting? Chosen => Choices.Voting.FirstOrDefault(setting => setting.Name == Draft["name"]);

    private bool IsFlag => Chosen is { Value: "true" or "false" };

    private string Prefix => $"operations[{At}]";

    // What is wrong with the whole operation, or with a field that is not shown.
    private IEnumerable<string> Others => Errors
        .Where(error => error.Key == Prefix || (error.Key.StartsWith(Prefix + ".", StringComparison.Ordinal) && !Draft.Fields.Any(one => IsAsked(one) && error.Key == $"{Prefix}.{one.Name}")))
        .SelectMany(error => error.Value).Select(Failures.Sentence);

    // Only members are told apart by viewer type.
    private bool IsAsked(OperationField field) => field.Kind != FieldKind.Viewer || Draft["bundle"] == BundleNames.Role(TeamRole.Member);

    private string Id(string field) => $"op-{Draft.Key}-{field}";

    private string Label(OperationField field) => (Texts.Find($"governance.field_{Words.Of(Draft.Op)}_{field.Name}") ?? T[$"governance.field_{field.Name}"]) + (field.Required ? string.Empty : $" ({T["governance.optional"]})");

    private string? Wrong(string field) => Errors.GetValueOrDefault($"{Prefix}.{field}") is [var message, ..] ? Failures.Sentence(message) : null;

    private string? Hint(OperationField field) => field.Name switch
    {
        "quota" or "by" when Choices.Given(Draft["plan"], Draft["metric"]) is { } given => T["governance.now_quota", Format.Quantity(given.Quota), Format.Quantity(given.HardLimit), T.Of("window", given.Window)],
        "hard_limit" => T["governance.hard_limit_hint"],
        "price" when Choices.Prices.FirstOrDefault(price => price.Item == Draft["item"]) is { } price => T["governance.now_price", Format.Quantity(price.Price1T), price.Unit],
        "value" when Chosen is { } setting => setting is { Least: { } least, Most: { } most }
            ? T["governance.now_setting_range", GovernanceWords.Value(T, setting.Name, setting.Value), Format.Quantity(least), Format.Quantity(most)]
            : T["governance.now_setting", GovernanceWords.Value(T, setting.Name, setting.Value)],
        "steps" => T["governance.steps_hint"],
        "capabilities" => T["governance.capabilities_hint"],
        "capability" when Texts.Find($"capability.{Draft["capability"]}") is { } words => words,
        _ => null,
    };

    private IEnumerable<(string Value, string Word)> Options(OperationField field) => field.Kind switch
    {
        FieldKind.Plan => Enum.GetValues<TeamPlan>().Select(plan => (Words.Of(plan), T.Word(plan))),
        FieldKind.Metric => Choices.Metrics.Select(metric => (metric, T.Of("metric", metric))),
        FieldKind.Scope => Enum.GetValues<DecisionScope>().Select(scope => (Words.Of(scope), T[$"governance.scope_{Words.Of(scope)}"])),
        FieldKind.Viewer => Enum.GetValues<ViewerType>().Select(viewer => (Words.Of(viewer), T.Word(viewer))),
        FieldKind.Item => Choices.Items.Select(item => (item, T.Of("item", item))),
        FieldKind.Token => Symbols.All.Select(symbol => (symbol.Code(), symbol.Code())),
        FieldKind.RwaType => Rwa.Select(type => (type, T.Of("domain", type))),
        FieldKind.Setting => Choices.Voting.Select(setting => (setting.Name, GovernanceWords.Name(T, setting.Name))),
        FieldKind.SettingValue => [("true", T["common.yes"]), ("false", T["common.no"])],
        _ => [],
    };

    private static readonly string[] Rwa = ["energy", "food", "water"];

    private async Task Choose(ChangeEventArgs e)
    {
        Draft.Op = Words.Parse<RegistryOp>(e.Value?.ToString() ?? string.Empty);
        if (Draft.Op == RegistryOp.SetStakeMultiplier && Draft["steps"].Length == 0)
        {
            Draft["steps"] = OperationDraft.From(new(RegistryOp.SetStakeMultiplier, Steps: Choices.Multipliers))["steps"];
        }

        await OnChange.InvokeAsync();
    }

    private Task Set(OperationField field, ChangeEventArgs e)
    {
        Draft[field.Name] = e.Value?.ToString() ?? string.Empty;
        return OnChange.InvokeAsync();
    }
}
