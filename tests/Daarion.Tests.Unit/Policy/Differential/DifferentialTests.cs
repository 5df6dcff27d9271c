using System.Globalization;
using System.Text;
using System.Text.Json;
using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy.Differential;

/// <summary>
/// The engine against the decision written a second time from the specification, over many thousand questions by chance. A failure names the seed;
/// <c>DAARION_DIFFERENTIAL_SEED</c> repeats it, and <c>DAARION_DIFFERENTIAL_CASES</c> asks for more.
/// </summary>
public sealed class DifferentialTests
{
    private const int Cases = 120_000;
    private const int QuestionsOfRegistry = 400;
    private const int LeastOfEachReason = 200;

    [Fact]
    public void The_engine_answers_as_the_specification_does()
    {
        var seed = Number("SEED") ?? Random.Shared.Next();
        var cases = Number("CASES") ?? Cases;
        var chance = new PlainChance(seed);
        var reasons = Reasons.All.ToDictionary(reason => reason, _ => 0, StringComparer.Ordinal);
        var (onlyOwn, summaries, differences, shown) = (0, 0, 0, new StringBuilder());
        for (var done = 0; done < cases; done += QuestionsOfRegistry)
        {
            var plain = chance.Registry();
            var registry = EngineTerms.Of(plain);
            for (var i = 0; i < QuestionsOfRegistry; i++)
            {
                var question = chance.Question();
                var expected = new PlainDecision(plain, question).Answer();
                var answer = EngineTerms.Of(PolicyEngine.Decide(registry, EngineTerms.Of(question)));
                reasons[answer.Reason]++;
                onlyOwn += answer is { Allow: true, OnlyOwn: true } ? 1 : 0;
                summaries += answer.SummariesOnly ? 1 : 0;
                if (answer != expected && ++differences <= 3)
                {
                    shown.AppendLine(CultureInfo.InvariantCulture, $"The specification says {expected}, the engine {answer}, to {JsonSerializer.Serialize(question)}");
                }
            }
        }

        Assert.True(differences == 0, $"Seed {seed}: {differences} of {cases} differ.{Environment.NewLine}{shown}");
        // What is never asked proves nothing: each reason and each kind of allowance must have come about.
        Assert.All(reasons, reason => Assert.True(reason.Value >= LeastOfEachReason, $"Seed {seed}: {reason.Key} came about {reason.Value} times only."));
        Assert.True(onlyOwn >= LeastOfEachReason && summaries >= LeastOfEachReason, $"Seed {seed}: {onlyOwn} allowances for one's own, {summaries} with summaries only.");
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable($"DAARION_DIFFERENTIAL_{name}"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
