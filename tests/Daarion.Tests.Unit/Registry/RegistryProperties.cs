using Daarion.Core.Capabilities;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Registry;

/// <summary>Whatever residents decide one after another, the registry stays in order, and the last decision can be taken back to the byte.</summary>
public class RegistryProperties
{
    private static readonly string[] Bundles =
    [
        "role.Owner", "role.Guardian", "role.Member", "role.Visitor", "city.Owner", "city.Guardian", "city.Member", "plan.Casual", "agent.default", "platform.default", "service.default", "custom.gardeners",
    ];

    private static readonly string[] Codes = [.. NewCity.Registry.Capabilities.Keys];
    private static readonly string[] Metrics = [.. NewCity.Registry.Entitlements.Keys.Select(key => key.Metric).Distinct(StringComparer.Ordinal)];
    private static readonly string[] Items = [.. NewCity.Registry.Prices.Keys];
    private static readonly string[] Tokens = ["KWT", "1T", "RINGK", "DAARION"];
    private static readonly string[] Types = ["energy", "food", "water", "heat", "waste"];

    /// <summary>Operations that make sense often enough.</summary>
    public static class Operations
    {
        public static Arbitrary<RegistryOperation> Operation() => Gen.OneOf(
            from bundle in Gen.Elements(Bundles)
            from code in Gen.Elements(Codes)
            from scope in Gen.Elements<DecisionScope?>(null, DecisionScope.All, DecisionScope.Own)
            select new RegistryOperation(RegistryOp.AddCap, bundle, code, scope),
            from bundle in Gen.Elements(Bundles)
            from code in Gen.Elements(Codes)
            select new RegistryOperation(RegistryOp.RemoveCap, bundle, code),
            from plan in Gen.Elements(Enum.GetValues<TeamPlan>())
            from metric in Gen.Elements(Metrics)
            from quota in Number(-10, 30_000)
            select new RegistryOperation(RegistryOp.SetQuota, Plan: plan, Metric: metric, Quota: quota),
            from op in Gen.Elements(RegistryOp.IncreaseQuota, RegistryOp.DecreaseQuota)
            from plan in Gen.Elements(Enum.GetValues<TeamPlan>())
            from metric in Gen.Elements(Metrics)
            from amount in Number(-2, 500)
            select new RegistryOperation(op, Plan: plan, Metric: metric, By: amount),
            from steps in Gen.Choose(1, 4).SelectMany(count => Gen.ListOf(Number(0, 4), count))
            select new RegistryOperation(RegistryOp.SetStakeMultiplier, Steps: [.. steps.Select((multiplier, index) => new MultiplierView(Quantity.Of(index * 1_000), multiplier))]),
            from item in Gen.Elements(Items)
            from price in Number(-1, 20)
            select new RegistryOperation(RegistryOp.SetComputePrice, Item: item, Price: Quantity.Of(price.Value / 1_000)),
            from rate in Number(-1, 3)
            select new RegistryOperation(RegistryOp.SetEnergySubsidy, Rate: Quantity.Of(rate.Value / 2)),
            from one in Gen.Elements(Tokens)
            from other in Gen.Elements(Tokens)
            from rate in Number(-1, 9)
            where one != other
            select new RegistryOperation(RegistryOp.SetConversionRate, From: one, To: other, Rate: rate),
            from type in Gen.Elements("energy", "water")
            from cap in Number(-1, 2_000_000)
            select new RegistryOperation(RegistryOp.SetRewardCap, RwaType: type, Cap: cap),
            from codes in Gen.NonEmptyListOf(Gen.Elements(Codes))
            from hours in Gen.Choose(0, 30)
            select new RegistryOperation(RegistryOp.FreezeCapabilities, Capabilities: [.. codes.Take(5)], Reason: $"reason {hours}", Until: hours == 0 ? null : NewCity.Now.AddHours(hours)),
            from codes in Gen.NonEmptyListOf(Gen.Elements(Codes))
            select new RegistryOperation(RegistryOp.UnfreezeCapabilities, Capabilities: [.. codes.Take(5)]),
            from factor in Number(1, 2)
            from seconds in Gen.Choose(1, 86_400)
            select new RegistryOperation(RegistryOp.EnableBurstMode, XFactor: Quantity.Of(factor.Value + 0.5m), Duration: seconds),
            Gen.Constant(new RegistryOperation(RegistryOp.DisableBurstMode)),
            from type in Gen.Elements(Types)
            select new RegistryOperation(RegistryOp.AddRwaType, RwaType: type, Unit: "kg"),
            from type in Gen.Elements("food", "heat", "waste")
            select new RegistryOperation(RegistryOp.RemoveRwaType, RwaType: type),
            from percent in Gen.Choose(0, 100)
            select new RegistryOperation(RegistryOp.SetGovernanceSetting, Name: "governance.quorum_pct", Value: $"{percent}"),
            from days in Gen.Choose(1, 30)
            from name in Gen.Elements("governance.min_voting_seconds", "governance.max_voting_seconds")
            select new RegistryOperation(RegistryOp.SetGovernanceSetting, Name: name, Value: $"{days * 86_400}")).ToArbitrary();

        private static Gen<Quantity> Number(int least, int most) => Gen.Choose(least, most).Select(number => Quantity.Of(number));
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Operations)])]
    public void Policies_that_pass_keep_the_registry_in_order_and_the_last_is_taken_back_to_the_byte(NonEmptyArray<NonEmptyArray<RegistryOperation>> policies)
    {
        var registry = NewCity.Registry;
        foreach (var policy in policies.Get)
        {
            // What breaks a rule is left out, as its proposer would leave it out.
            var (edit, text) = (Passing(registry, [.. policy.Get.Take(8)]), registry.Canonical());
            if (edit is null)
            {
                continue;
            }

            AssertInOrder(edit.After);
            var back = RegistryEditor.Edit(edit.After, edit.Inverse, NewCity.Now);
            Assert.Equal(text, back.After.Canonical());
            Assert.Empty(edit.Before.DiffTo(back.After));
            registry = edit.After;
        }
    }

    private static RegistryEdit? Passing(RegistryState registry, List<RegistryOperation> operations)
    {
        while (operations.Count > 0)
        {
            try
            {
                var edit = RegistryEditor.Edit(registry, operations, NewCity.Now);
                if (edit.Violations.Count == 0)
                {
                    return edit;
                }

                operations.RemoveAt(edit.Violations[0].Operation);
            }
            catch (CityException e) when (e.Code == ErrorCode.InvalidPayload)
            {
                operations.RemoveAt(int.Parse(e.Errors.Keys.Single().Split('[', ']')[1], System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return null;
    }

    // Said once more, and otherwise than the rules say it: over the whole registry.
    private static void AssertInOrder(RegistryState registry)
    {
        foreach (var metric in Metrics)
        {
            var quotas = Enum.GetValues<TeamPlan>().Select(plan => registry.Entitlements[(plan, metric)]).ToList();
            Assert.Equal(quotas.Select(given => given.Quota).Order(), quotas.Select(given => given.Quota));
            Assert.All(quotas, given => Assert.InRange(given.Quota, 0, given.HardLimit));
        }

        Assert.Equal(registry.Multipliers.Values.Order(), registry.Multipliers.Values);
        Assert.All(registry.Multipliers.Values, multiplier => Assert.True(multiplier >= 1));
        Assert.All(registry.Prices.Values, price => Assert.True(price.Price1T > 0));
        Assert.Subset(registry.Bundles["role.Owner"].Where(grant => grant.Value.Scope == DecisionScope.All).Select(grant => grant.Key).ToHashSet(StringComparer.Ordinal), RoleMatrix.Rows.Where(row => row.Owner == Hold.All).Select(row => row.Action).ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain(registry.Bundles["role.Visitor"].Keys, code => code.StartsWith("access_key.", StringComparison.Ordinal) || code.StartsWith("city.", StringComparison.Ordinal) || code.StartsWith("service.", StringComparison.Ordinal) || code is "governance.policy.manage" or "team.member.add" or "team.delete");
        Assert.DoesNotContain(registry.Bundles.GetValueOrDefault("agent.default")?.Keys ?? [], code => code.StartsWith("wallet.", StringComparison.Ordinal) || code.StartsWith("governance.", StringComparison.Ordinal));
        Assert.All(registry.Bundles.Where(bundle => !bundle.Key.StartsWith("platform.", StringComparison.Ordinal)), bundle => Assert.DoesNotContain("embassy.energy.update", bundle.Value.Keys));
        Assert.DoesNotContain("governance.vote.cast", registry.Freezes.Keys);
    }
}
