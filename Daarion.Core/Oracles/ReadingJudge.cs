using Daarion.Core.Kernel;
using Daarion.Core.Oracles.Rules;

namespace Daarion.Core.Oracles;

/// <summary>
/// Makes rows of readings. What is paid for a site is always the latest counter less the earliest, whatever the order of arrival: a reading
/// after all others adds the rise to it; one before all others adds the rise from it, to the reading that was first until now; one in between only moves a
/// part of what its successor was counted with to where it belongs, which is a correction and is not paid again.
/// </summary>
internal sealed class ReadingJudge(DateTimeOffset now, int capacity = 0)
{
    /// <summary>The rows so far.</summary>
    public List<OracleRow> Rows { get; } = new(capacity);

    /// <summary>What each row came from.</summary>
    public List<ReadingToRecord> Causes { get; } = new(capacity);

    /// <summary>Judges one reading.</summary>
    public void Judge(ReadingToRecord reading, SiteTimeline timeline)
    {
        var normalized = Units.Energy(reading.Value, reading.Unit);
        var (before, after) = timeline.Beside(reading.Ts);
        var judged = new JudgedReading(reading.Value, normalized, reading.Ts, reading.ReceivedAt, before, after, timeline.At(reading.Ts) is not null, timeline.History);
        var row = Row(reading, normalized ?? Quantity.Zero, reading.Ts);
        if (ReadingRules.Judge(judged) is { } rule)
        {
            Add(row with { Rule = rule }, reading);
            return;
        }

        if (after is null)
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

        timeline.Publish(new TimelinePoint(row.Id, row.Ts, judged.Counter, row.TeamId, row.UserId));
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
        Ts = ts,
        ReceivedAt = now,
        WebhookEventId = reading.WebhookEvent,
        TraceId = reading.Cause?.TraceId,
    };
}
