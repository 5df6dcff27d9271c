using Daarion.Core.Kernel;
using Daarion.Core.Usage;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Daarion.Tests.Integration.Usage;

/// <summary>Whatever is reserved, settled, released, forgotten by a crash, and let run out: the counter is what a simple model says.</summary>
public sealed class QuotaPropertyTests(StrictCity city) : IClassFixture<StrictCity>
{
    private const decimal Quota = 20;

    private static readonly Caller Service = Caller.ForService(ServiceName.Usage);

    public enum Act
    {
        Reserve,
        Settle,
        Release,
        Increment,
        Crash,
        Wait,
    }

    /// <summary>One step: what, which of the open reservations, how many units or seconds.</summary>
    public sealed record Step(Act Act, int Which, int Amount);

    public static class Steps
    {
        public static Arbitrary<Step> Step() =>
            Gen.Frequency(
                    (5, Gen.Constant(Act.Reserve)), (3, Gen.Constant(Act.Settle)), (1, Gen.Constant(Act.Release)), (1, Gen.Constant(Act.Increment)), (1, Gen.Constant(Act.Crash)), (1, Gen.Constant(Act.Wait)))
                .SelectMany(act => Gen.Choose(0, 9).SelectMany(which => Gen.Choose(1, 6).Select(amount => new Step(act, which, amount)))).ToArbitrary();
    }

    [Property(MaxTest = 20, StartSize = 10, EndSize = 60, Arbitrary = [typeof(Steps)])]
    public async Task The_counter_is_what_the_model_says(NonEmptyArray<Step> steps)
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var usage = city.Get<IUsageService>();
        var model = new Model();

        foreach (var step in steps.Get)
        {
            await Do(step, usage, team, model);
            model.LetExpire(city.Clock.GetUtcNow());
            var found = (await usage.GetUsage(owner.Caller, new UsageQuery(team), default)).Metrics.Single(one => one.Metric == Metrics.AgentRuns);
            Assert.Equal((model.Used, model.Held), (found.Used.Value, found.Reserved.Value));
        }

        Assert.DoesNotContain((await usage.Reconcile(await Operator(), new ReconcileUsage(), default)).Differences, difference => difference.TeamId == team);
    }

    private static Caller? known;

    private async Task<Caller> Operator() => known ??= await city.NewOperator();

    private async Task Do(Step step, IUsageService usage, TeamId team, Model model)
    {
        var now = city.Clock.GetUtcNow();
        model.LetExpire(now);
        var held = model.Mine.Count > 0 ? model.Mine[step.Which % model.Mine.Count] : null;
        switch (step.Act)
        {
            case Act.Reserve:
                var fits = model.Used + model.Held + step.Amount <= Quota;
                var reserved = await May(() => usage.Reserve(Service, new ReserveUnits(team, Metrics.AgentRuns, Quantity.Of(step.Amount), 120), default));
                Assert.Equal(fits, reserved is not null);
                if (reserved is not null)
                {
                    Assert.Equal(Quota - model.Used - model.Held - step.Amount, reserved.Remaining!.Value.Value);
                    model.Mine.Add(new(reserved.Reservation, step.Amount, reserved.ExpiresAt));
                }

                break;
            case Act.Settle when held is not null:
                // The real figure may be above the estimate, and one that comes late counts too.
                await usage.Settle(Service, new SettleUnits(held.Id, Quantity.Of(step.Which)), default);
                model.Used += step.Which;
                model.Mine.Remove(held);
                break;
            case Act.Release when held is not null:
                await usage.Release(Service, new ReservationRef(held.Id), default);
                model.Mine.Remove(held);
                break;
            case Act.Increment:
                await usage.Increment(Service, new IncrementUnits(team, Metrics.AgentRuns, Quantity.Of(1), Guid.NewGuid().ToString()), default);
                model.Used++;
                break;
            case Act.Crash when held is not null:
                // Whoever reserved is gone: nobody settles it, and only its end gives it back.
                model.Mine.Remove(held);
                model.Orphans.Add(held);
                break;
            case Act.Wait:
                city.Clock.Turn(TimeSpan.FromSeconds(step.Amount * 10));
                break;
        }
    }

    private static async Task<T?> May<T>(Func<Task<T>> act)
        where T : class
    {
        try
        {
            return await act();
        }
        catch (CityException e) when (e.Reason == "quota_exceeded")
        {
            return null;
        }
    }

    private sealed record Open(ReservationId Id, decimal Units, DateTimeOffset ExpiresAt)
    {
        public bool Expired { get; set; }
    }

    private sealed class Model
    {
        public decimal Used { get; set; }

        public List<Open> Mine { get; } = [];

        public List<Open> Orphans { get; } = [];

        public decimal Held => Mine.Concat(Orphans).Where(one => !one.Expired).Sum(one => one.Units);

        public void LetExpire(DateTimeOffset now)
        {
            foreach (var one in Mine.Concat(Orphans))
            {
                one.Expired |= one.ExpiresAt <= now;
            }
        }
    }
}
