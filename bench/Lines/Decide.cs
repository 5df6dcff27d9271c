using System.Globalization;
using Daarion.Bench.Running.Decisions;

namespace Daarion.Bench.Lines;

/// <summary>
/// One warm decision of the whole PDP, in this process. Against Cedar, which answers the same questions of the same city by policies that say the same
/// (<see cref="CedarBed"/>); what it allocates, against what it may; and how long it takes in a city of ten thousand teams against one of ten.
/// </summary>
internal sealed class Decide : IBenchLine
{
    private const int Teams = 1_000;
    private const int PeopleOfTeam = 10;
    private const int Times = 100;
    private const int CedarTimes = 4;
    private const double MostBytes = 200;

    public IReadOnlyList<string> Names { get; } = ["decide_cedar", "decide_bytes", "decide_growth"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        var city = new DecisionCity(Teams, PeopleOfTeam);
        await using var ours = await WarmDecisions.Of(city);
        return [await AgainstCedar(progress, city, ours), await Bytes(progress, city, ours), await Growth(progress)];
    }

    private static async Task<BenchResult> AgainstCedar(Progress progress, DecisionCity city, WarmDecisions ours)
    {
        await using var cedar = await CedarBed.Start(city, progress);
        await Agree(progress, city, ours, cedar);
        var (mine, theirs) = await Alternate.Measure(progress, "decide_cedar", () => Task.FromResult(ours.Ask(Times).PerSecond), () => cedar.Rate(CedarTimes));
        return new("decide_cedar", mine, theirs, mine / theirs, "decisions/s", "≥ 20");
    }

    // Two that answer differently are not worth comparing.
    private static async Task Agree(Progress progress, DecisionCity city, WarmDecisions ours, CedarBed cedar)
    {
        var theirs = await cedar.Answers();
        var allowed = 0;
        for (var i = 0; i < city.Questions.Count; i++)
        {
            var question = city.Questions[i];
            var mine = await ours.Ask(question);
            if (mine.Allow != theirs[i])
            {
                throw new InvalidOperationException($"Cedar says {(theirs[i] ? "yes" : "no")} where the PDP says {mine.Reason}: {question.Caller.SubjectId}, {question.Action}, {question.Resource}");
            }

            allowed += mine.Allow ? 1 : 0;
        }

        progress.Say(string.Create(CultureInfo.InvariantCulture, $"decide_cedar: both agree on {city.Questions.Count} questions, {allowed} of them allowed"));
    }

    private static async Task<BenchResult> Bytes(Progress progress, DecisionCity city, WarmDecisions ours)
    {
        var verdicts = new List<bool>();
        foreach (var question in city.Questions)
        {
            verdicts.Add((await ours.Ask(question)).Allow);
        }

        ours.Ask(Times);
        var all = Alternate.Median(Enumerable.Range(0, Alternate.Runs).Select(_ => ours.Ask(Times).BytesOfEach));
        var allowances = ours.Ask(Times, [.. city.Questions.Where((_, i) => verdicts[i])]).BytesOfEach;
        var refusals = ours.Ask(Times, [.. city.Questions.Where((_, i) => !verdicts[i])]).BytesOfEach;
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"decide_bytes: {all:N1} for the whole mix; an allowance {allowances:N1}, sampling included; a refusal, which is kept with all its facts, {refusals:N1}"));
        return new("decide_bytes", all, MostBytes, all / MostBytes, "B/decision", "≤ 1");
    }

    private static async Task<BenchResult> Growth(Progress progress)
    {
        // As many people as the cache holds the facts of, when it holds all the teams as well.
        await using var large = await WarmDecisions.Of(new DecisionCity(10_000, 2));
        await using var small = await WarmDecisions.Of(new DecisionCity(10, PeopleOfTeam));
        var (mine, theirs) = await Alternate.Measure(progress, "decide_growth", () => Task.FromResult(large.Ask(Times).Nanoseconds), () => Task.FromResult(small.Ask(Times).Nanoseconds));
        return new("decide_growth", mine, theirs, mine / theirs, "ns/decision", "≤ 1.5");
    }
}
