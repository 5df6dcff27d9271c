using Bunit;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Pages.Governance;

namespace Daarion.Tests.Ui;

/// <summary>An operation of a proposal asks for its own fields and no others, and says at itself what rules say of it.</summary>
public sealed class OperationFormTests : Screen
{
    [Theory]
    [InlineData(RegistryOp.SetQuota, "plan", "metric", "quota", "hard_limit")]
    [InlineData(RegistryOp.RemoveCap, "bundle", "capability")]
    [InlineData(RegistryOp.SetConversionRate, "from", "to", "rate")]
    [InlineData(RegistryOp.DisableBurstMode)]
    [InlineData(RegistryOp.SetGovernanceSetting, "name", "value")]
    public void It_asks_for_its_fields_alone(RegistryOp op, params string[] fields)
    {
        var form = Form(new OperationDraft { Op = op });

        Assert.Equal(fields, form.FindAll(".operation-fields .in").Select(field => field.GetAttribute("name")!.Split('-')[^1]));
    }

    [Fact]
    public void Only_members_are_asked_for_a_viewer_type()
    {
        var draft = new OperationDraft { Op = RegistryOp.AddCap };
        var form = Form(draft);
        Assert.Empty(form.FindAll("[name$='-viewer']"));

        form.Find("[name$='-bundle']").Input("role.Member");

        Assert.Single(form.FindAll("[name$='-viewer']"));
    }

    [Fact]
    public void Another_operation_keeps_what_both_take_and_sends_nothing_else()
    {
        var draft = new OperationDraft { Op = RegistryOp.SetQuota };
        (draft["plan"], draft["metric"], draft["quota"]) = ("freemium", "messages", "2 000,5");
        Assert.Equal(new RegistryOperation(RegistryOp.SetQuota, Plan: TeamPlan.Freemium, Metric: "messages", Quota: Quantity.Of(2000.5m)), draft.ToOperation(0, TimeZoneInfo.Utc));

        var form = Form(draft);
        form.Find("select[name$='-op']").Change("increase_quota");

        Assert.Equal(["by"], draft.Missing.Select(field => field.Name));
        draft["by"] = "10";
        Assert.Equal(new RegistryOperation(RegistryOp.IncreaseQuota, Plan: TeamPlan.Freemium, Metric: "messages", By: Quantity.Of(10)), draft.ToOperation(0, TimeZoneInfo.Utc));
    }

    [Fact]
    public void What_is_wrong_stands_where_it_is_wrong()
    {
        var violation = new RuleViolation("rule_plan_order", 0, Sentence.Of("rule.plan_order", "{smaller} would give more of {metric} than {larger}.", ("smaller", "Freemium"), ("larger", "Casual"), ("metric", "messages")));
        Speak("uk-UA");

        var form = Render<OperationFields>(fields => fields
            .Add(x => x.Draft, new OperationDraft { Op = RegistryOp.SetQuota })
            .Add(x => x.Violations, [violation])
            .Add(x => x.Errors, new Dictionary<string, string[]>(StringComparer.Ordinal) { ["operations[0].hard_limit"] = ["Give at least the quota."], ["operations[1].quota"] = ["Give an object."] }));

        Assert.Equal("Freemium давав би більше messages, ніж Casual.", form.Find(".broken").TextContent.Trim());
        Assert.Equal("Не менше за квоту.", form.Find(".wrong").TextContent);
    }

    [Fact]
    public void A_draft_comes_back_as_it_was_kept()
    {
        var operation = new RegistryOperation(RegistryOp.SetStakeMultiplier, Steps: [new(Quantity.Zero, Quantity.Of(1)), new(Quantity.Of(1000), Quantity.Of(1.5m))]);

        var back = Assert.Single(OperationDraft.Read(OperationDraft.Write([OperationDraft.From(operation)])));

        Assert.Equal(operation.Steps, back.ToOperation(0, TimeZoneInfo.Utc).Steps);
        Assert.Empty(OperationDraft.Read("no json"));
    }

    [Fact]
    public void A_number_that_is_none_is_named_with_its_field()
    {
        var draft = new OperationDraft { Op = RegistryOp.SetEnergySubsidy };
        draft["rate"] = "much";

        Assert.Contains("operations[3].rate", Assert.Throws<CityException>(() => draft.ToOperation(3, TimeZoneInfo.Utc)).Errors.Keys);
    }

    [Fact]
    public void Every_operation_has_a_form_and_words_in_both_languages()
    {
        foreach (var culture in new[] { "en-GB", "uk-UA" })
        {
            Speak(culture);
            foreach (var op in Enum.GetValues<RegistryOp>())
            {
                Assert.Contains(OperationDraft.Groups, group => group.Ops.Contains(op));
                Assert.NotEmpty(Form(new OperationDraft { Op = op }).Find(".operation > p.muted").TextContent);
            }
        }
    }

    private IRenderedComponent<OperationFields> Form(OperationDraft draft) => Render<OperationFields>(fields => fields
        .Add(x => x.Draft, draft)
        .Add(x => x.Choices, RegistryChoices.None with { Voting = [new RegistrySetting("governance.quorum_pct", "10", Quantity.Zero, Quantity.Of(100), true)] }));
}
