using Daarion.Core.Usage;

namespace Daarion.Tests.Unit.Usage;

/// <summary>What there is to tell of counters waits in turn.</summary>
public sealed class UsageNewsTests
{
    private readonly UsageNews news = new();

    [Fact]
    public void Whoever_was_refused_is_told_of_first_and_the_others_in_turn()
    {
        var counters = Enumerable.Range(0, 6).Select(_ => Counter()).ToList();
        counters.ForEach(counter => news.Note(counter, refused: false));
        news.Note(counters[4], refused: true);
        news.Note(counters[0], refused: false);

        Assert.Equal([(counters[4], true), (counters[0], false), (counters[1], false)], Take(3));
        Assert.Equal([(counters[2], false), (counters[3], false), (counters[5], false)], Take(9));
        Assert.Empty(Take(9));
    }

    [Fact]
    public void What_could_not_be_told_comes_again_after_those_who_wait()
    {
        var (first, second) = (Counter(), Counter());
        news.Note(first, refused: false);
        var untold = news.Take(1);
        news.Note(second, refused: false);
        news.PutBack(untold);

        Assert.Equal([(second, false), (first, false)], Take(2));
    }

    private List<(CounterKey, bool)> Take(int most) => [.. news.Take(most).Select(one => (one.Key, one.Value))];

    private static CounterKey Counter() => new(Payer.Of(TeamId.New(DateTimeOffset.UnixEpoch)), Metrics.Messages, DateTimeOffset.UnixEpoch);
}
