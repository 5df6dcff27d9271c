using System.Diagnostics;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Embassies;

/// <inheritdoc cref="IEmbassyDeliveries"/>
internal sealed class EmbassyDeliveries(
    Operation operation, IAccess access, EventWriter events, PlatformDirectory platforms, SiteDirectory sites, IPolicySnapshots registry, DeliveryWriter writer, TimeProvider clock) : IEmbassyDeliveries
{
    private const string Prefix = "embassy:";
    private const int MaxLooks = 3;

    public async Task<DeliveryReceipt> Accept(Caller caller, VerifiedDelivery request, CancellationToken ct)
    {
        var name = caller.Kind == SubjectKind.Embassy && caller.SubjectId.StartsWith(Prefix, StringComparison.Ordinal) ? caller.SubjectId[Prefix.Length..] : string.Empty;
        var (readings, unreadable) = Read(request);
        var platform = await platforms.Find(name, ct);
        var owners = platform is null || readings is null ? null : await sites.Of(name, readings, ct);
        await Ask(caller, readings is null ? AskedOf(request, platform) : readings[0].Domain, name, readings, owners, ct);
        if (platform is null || platform.Status == PlatformStatus.Suspended)
        {
            throw new CityException(ErrorCode.Forbidden, "This platform is suspended; ask the city's operators.") { Reason = "key_revoked" };
        }

        if (readings is null)
        {
            throw unreadable!;
        }

        await RequireKnownAssets(readings, ct);
        operation.EnsureAllowed();
        for (var look = 1; ; look++)
        {
            var delivery = Compose(name, request, readings, owners!);
            var outcome = await QueryMeter.Measured(writer.Write(delivery, ct));
            if (!outcome.Assigned)
            {
                var receipt = Receipt(delivery, readings, outcome);
                if (receipt.Status == DeliveryOutcome.Duplicate)
                {
                    await operation.GiveBack();
                }

                return receipt;
            }

            // A held site got its team between our look and the write.
            if (look == MaxLooks)
            {
                throw CityException.Unavailable("The site is being assigned; send the delivery again.");
            }

            owners = await sites.Of(name, readings, ct);
        }
    }

    // What cannot be read is asked about as the address says, or as anything that the platform may bring.
    private static string AskedOf(VerifiedDelivery request, KnownPlatform? platform) =>
        request.Domain == EmbassyDomain.Oracle ? platform?.Domains.FirstOrDefault(domain => domain != EmbassyDomain.Rwa) ?? EmbassyDomain.Energy : request.Domain;

    private async ValueTask RequireKnownAssets(IReadOnlyList<SentReading> readings, CancellationToken ct)
    {
        if (readings.Any(reading => reading.Claim is not null))
        {
            var inForce = await registry.Current(ct);
            foreach (var reading in readings)
            {
                AssetsInForce.Require(inForce, reading);
            }
        }
    }

    private static (IReadOnlyList<SentReading>? Readings, CityException? Unreadable) Read(VerifiedDelivery request)
    {
        try
        {
            return (WithoutRepeats(DeliveryBody.Parse(request.Body.Span, request.Domain)), null);
        }
        catch (CityException e)
        {
            return (null, e);
        }
    }

    /// <summary>A delivery that says one thing twice says it once; one that contradicts itself is refused.</summary>
    private static IReadOnlyList<SentReading> WithoutRepeats(IReadOnlyList<SentReading> readings)
    {
        if (readings.Count == 1)
        {
            return readings;
        }

        var values = new Dictionary<(string, string, DateTimeOffset), Quantity>(readings.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var once = new List<SentReading>(readings.Count);
        foreach (var reading in readings)
        {
            if (reading.ReadingId is not null && !ids.Add(reading.ReadingId))
            {
                continue;
            }

            if (values.TryAdd((reading.Domain, reading.SiteId, reading.Ts), reading.Value))
            {
                once.Add(reading);
            }
            else if (values[(reading.Domain, reading.SiteId, reading.Ts)] != reading.Value)
            {
                throw Conflict(reading);
            }
        }

        return once;
    }

    // One question for each team and domain in the delivery: a locked team takes nothing.
    private async ValueTask Ask(
        Caller caller, string domain, string platform, IReadOnlyList<SentReading>? readings, IReadOnlyDictionary<string, SiteOwner>? owners, CancellationToken ct)
    {
        if (owners is null || (owners.Count == 1 && readings!.All(reading => reading.Domain == domain)))
        {
            await access.Require(
                caller,
                EmbassyDomain.UpdateCapability(domain),
                new ResourceRef("site", readings is null ? platform : readings[0].SiteId, owners?.Values.First().Team, TakesNothing: owners is null, Units: readings?.Count ?? 1),
                ct);
            return;
        }

        foreach (var part in readings!.GroupBy(reading => (owners[reading.SiteId].Team, Action: EmbassyDomain.UpdateCapability(reading.Domain))))
        {
            await access.Require(caller, part.Key.Action, new ResourceRef("site", part.First().SiteId, part.Key.Team, Units: part.Count()), ct);
        }
    }

    private IncomingDelivery Compose(string platform, VerifiedDelivery request, IReadOnlyList<SentReading> readings, IReadOnlyDictionary<string, SiteOwner> owners)
    {
        var now = Timestamps.Truncate(clock.GetUtcNow());
        var ids = ReadingIds.New(now, readings[^1].Position + 1);
        var written = new List<OwnedEvent>(readings.Count + 1)
        {
            new(-1, events.Write(new EmbassyEventReceived(ids[0], platform, readings[0].Domain, readings[0].SiteId), Key(platform, readings[0].SiteId), owners[readings[0].SiteId].Team, null)),
        };
        var incoming = new List<IncomingReading>(readings.Count);
        for (var i = 0; i < readings.Count; i++)
        {
            var reading = readings[i];
            var owner = owners[reading.SiteId];
            var id = ids[reading.Position];
            incoming.Add(new(id, reading, owner.Team is null));
            if (owner.Team is { } team)
            {
                written.Add(new(i + 1, Update(platform, reading, id, team, owner.Beneficiary)));
            }
        }

        return new IncomingDelivery(ids[0], platform, request, Activity.Current?.TraceId.ToHexString(), now, incoming, written);
    }

    private PendingEvent Update(string platform, SentReading reading, EmbassyId id, TeamId team, UserId? beneficiary) => reading.Claim is { } claim
        ? events.Write(new EmbassyRwaClaim(platform, claim.Asset, reading.SiteId, claim.Kind, reading.Value, reading.Unit, reading.Ts, claim.Reference, id, team), Key(platform, reading.SiteId), team, null)
        : events.Write(
            new EmbassyReadingUpdate(platform, reading.Domain, reading.SiteId, reading.Value, reading.Unit, reading.Ts, id, team, beneficiary),
            Key(platform, reading.SiteId),
            team,
            null,
            EmbassyDomain.UpdateCapability(reading.Domain));

    /// <summary>Readings of one site keep their order.</summary>
    internal static string Key(string platform, string site) => $"{platform}/{site}";

    private static DeliveryReceipt Receipt(IncomingDelivery delivery, IReadOnlyList<SentReading> readings, WriteOutcome outcome)
    {
        if (outcome.Conflict is { } index)
        {
            throw Conflict(readings[index]);
        }

        var accepted = outcome.Accepted is null ? [.. delivery.Readings] : delivery.Readings.Where((_, i) => outcome.Accepted.Contains(i)).ToList();
        var known = accepted.Select(reading => reading.Sent.Position).ToHashSet();
        var last = readings[^1].Position;
        var duplicates = accepted.Count == last + 1 ? null : Enumerable.Range(0, last + 1).Where(place => !known.Contains(place)).ToList();
        return new DeliveryReceipt(
            accepted.Count > 0 ? DeliveryOutcome.Accepted : DeliveryOutcome.Duplicate, [.. accepted.Select(reading => reading.Id)], accepted.Count > 0 ? duplicates : null, delivery.Id);
    }

    private static CityException Conflict(SentReading reading) => new(
        ErrorCode.Conflict, $"readings[{reading.Position}]: the site {reading.SiteId} has another value at {Timestamps.Format(reading.Ts)}; nothing of this delivery was taken.")
    {
        Reason = "conflict",
    };
}
