using Daarion.Core.Kernel;
using Daarion.Core.Oracles.Rules;

namespace Daarion.Core.Oracles;

/// <summary>
/// Makes rows of readings. What is paid for a site is always the latest counter less the earliest, whatever the order of arrival: a reading
/// after all others adds the rise to it; one before all others adds the rise from it, to the reading that was first until now; one in between only moves a
/// part of what its successor was counted with to where it belongs, which is a correction and is not paid again. Where a site has several oracles,
/// the first of them counts; what the others say is kept beside it and moves nothing.
/// </summary>
internal sealed class ReadingJudge(DateTimeOffset now, OracleLimits limits, int capacity = 0)
{
    /// <summary>The rows so far.</summary>
    public List<OracleRow> Rows { get; } = new(capacity);

    /// <summary>What each row came from.</summary>
    public List<ReadingToRecord> Causes { get; } = new(capacity);

    /// <summary>Judges one reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="timeline">Its site as its platform tells it.</param>
    /// <param name="others">The same site as other platforms tell it.</param>
    /// <param name="held">The row that waited, where an operator has said that the reading counts.</param>
    public void Judge(ReadingToRecord reading, SiteTimeline timeline, IReadOnlyList<SiteTimeline> others, OracleRow? held = null)
    {
        var isWeightless = reading.Unit == Measures.Pieces && timeline.PieceWeighs is null;
        var normalized = isWeightless ? Quantity.Zero : Measures.Normalize(reading.Site.Domain, reading.Value, reading.Unit, timeline.PieceWeighs ?? 1);
        var (before, after) = timeline.Beside(reading.Ts);
        var told = others.Where(other => other.Rank is not null && other.History?.Last.Team == reading.Team).ToList();
        var judged = new JudgedReading(
            reading.Value,
            normalized,
            reading.Ts,
            reading.ReceivedAt,
            before,
            after,
            timeline.At(reading.Ts) is not null,
            timeline.History,
            isWeightless,
            told.Count == 0 ? [] : [.. told.Select(other => other.Says(reading.Ts, before?.Ts)).OfType<OtherOracle>()]);
        var row = Row(reading, normalized ?? Quantity.Zero, reading.Ts);
        if (held is not null)
        {
            row = row with { Id = held.Id, ReceivedAt = held.ReceivedAt };
        }

        if (ReadingRules.Judge(reading.Site.Domain, judged, limits, held is not null) is { } rule)
        {
            Add(row with { Rule = rule.Code, State = rule.Holds ? ReadingState.Held : ReadingState.Rejected }, reading);
            return;
        }

        if (told.Exists(other => timeline.Rank is null || other.Rank < timeline.Rank))
        {
            row = row with { Kind = ReadingKind.Witness };
            Add(row, reading);
        }
        else if (after is null)
        {
            row = row with { Delta = before is null ? Quantity.Zero : Quantity.Of(judged.Counter - before.Value) };
            Add(row, reading);
        }
        else
        {
            // What a late reading moves belongs to whom its successor was counted for.
            row = row with { TeamId = after.Team, UserId = after.Beneficiary };
            var moved = before is null ? Quantity.Of(after.Value - judged.Counter) : Quantity.Of(judged.Counter - before.Value);
            Add(before is null ? row : row with { Delta = moved, Kind = ReadingKind.Correction }, reading);
            var neighbour = Row(reading, Quantity.Of(after.Value), after.Ts) with { TeamId = after.Team, UserId = after.Beneficiary, Compensates = after.Id };
            Add(before is null ? neighbour with { Delta = moved } : neighbour with { Delta = -moved, Kind = ReadingKind.Correction }, reading);
        }

        timeline.Publish(new TimelinePoint(row.Id, row.Ts, judged.Counter, row.TeamId, row.UserId), others);
    }

    private void Add(OracleRow row, ReadingToRecord reading)
    {
        Rows.Add(row);
        Causes.Add(reading);
    }

    private OracleRow Row(ReadingToRecord reading, Quantity normalized, DateTimeOffset ts) => new()
    {
        Id = OracleId.New(now),
        Platform = reading.Site.Platform,
        Domain = reading.Site.Domain,
        SiteId = reading.Site.SiteId,
        TeamId = reading.Team,
        UserId = reading.Beneficiary,
        Value = reading.Value,
        SourceUnit = reading.Unit,
        NormalizedValue = normalized,
        Unit = Measures.CountedIn(reading.Site.Domain),
        Ts = ts,
        ReceivedAt = now,
        WebhookEventId = reading.WebhookEvent,
        TraceId = reading.Cause?.TraceId,
    };
}
