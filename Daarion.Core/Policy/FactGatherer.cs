using Daarion.Core.Kernel;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Policy;

/// <summary>Gathers the facts of a question: from the cache at once where they are there, from their services where not.</summary>
internal sealed partial class FactGatherer(FactCache cache, ILogger<FactGatherer> log)
{
    private static readonly TeamId City = Id<TeamKind>.WellKnown();
    private static readonly IdBits<TeamKind> CityBits = City;

    /// <summary>Adds to a question the facts it needs. Facts that cannot be had make it unavailable; this never throws but for cancellation.</summary>
    public ValueTask<DecisionFacts> Gather(in DecisionFacts question, CancellationToken ct)
    {
        if (!question.IsRead && !cache.Reachable)
        {
            return new(question with { Available = false });
        }

        var known = Known.Of(cache, question);
        return known.IsComplete ? new(known.AddTo(question)) : Complete(question, known, ct);
    }

    private async ValueTask<DecisionFacts> Complete(DecisionFacts question, Known known, CancellationToken ct)
    {
        if (!cache.Reachable)
        {
            return question with { Available = false };
        }

        try
        {
            return AsTold(await Fetch(question, known, ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            cache.Reachable = false;
            FactsUnavailable(log, question.Action, e);
            return question with { Available = false };
        }
    }

    // Neither the answer nor its explanation tells a stranger what a team is called or how it stands, nor that there is one.
    private static DecisionFacts AsTold(in DecisionFacts facts) =>
        facts is { AskedByPerson: true, Team: not null } && (facts is { Membership: null, Office: null } || (facts.Grant is { } grant && grant.TeamId != facts.TeamId)) ? facts with { Team = null } : facts;

    private async Task<DecisionFacts> Fetch(DecisionFacts question, Known known, CancellationToken ct)
    {
        if (!known.KeyIsKnown)
        {
            // Whose role counts is known only when the key is.
            question = Of(question, await cache.Keys.Fetch(question.KeyId!, ct));
            known = Known.Of(cache, question, question.Key);
        }
        else
        {
            question = Of(question, known.Key);
        }

        if (question.Person is not { } person)
        {
            return question with { Standing = known.TeamIsKnown ? known.Standing : await cache.Teams.Fetch(question.TeamId, ct) };
        }

        var office = known.OfficeIsKnown ? known.Office : await Office(person, ct);
        if (question.IsAboutCity)
        {
            return question with { Standing = office, Office = office.Membership };
        }

        return question with { Standing = known.TeamIsKnown ? known.Standing : await cache.Standings.Fetch((question.TeamId, person), ct), Office = office.Membership };
    }

    private async ValueTask<StandingFact> Office(UserId person, CancellationToken ct) =>
        (await cache.Operators.Get(City, cache.MaxAge, ct))?.TryFind(person, out var office) is true ? office : InCity(await cache.Standings.Fetch((City, person), ct));

    // The city's own team is always active, so that it is nobody's team; a role in it is both membership and office.
    private static StandingFact InCity(StandingFact standing) => new(null, standing.Membership);

    // An access key never reaches further than the person it belongs to: it is that person's role that counts.
    private static DecisionFacts Of(in DecisionFacts question, KeyFact? key) =>
        key is null && question.Key is null ? question : question with { Key = key, Person = question.Person ?? key?.Access?.Owner };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The facts for deciding on {Action} could not be had; the answer is policy_unavailable")]
    private static partial void FactsUnavailable(ILogger log, string action, Exception e);

    /// <summary>What the cache knows of a question. A person's team and membership are known together.</summary>
    private readonly record struct Known(bool TeamIsKnown, StandingFact Standing, bool OfficeIsKnown, StandingFact Office, bool KeyIsKnown, KeyFact? Key)
    {
        public bool IsComplete => TeamIsKnown && OfficeIsKnown && KeyIsKnown;

        public static Known Of(FactCache cache, in DecisionFacts question, KeyFact? fetched = null)
        {
            var maxAge = cache.MaxAge;
            var (team, office, key) = (default(StandingFact), default(StandingFact), fetched);
            var keyIsKnown = question.KeyId is null || fetched is not null || cache.Keys.TryGet(question.KeyId, maxAge, out key);
            var aboutCity = question.TeamId == City;
            if ((question.Person ?? key?.Access?.Owner) is not { } person)
            {
                var teamIsKnown = aboutCity || cache.Teams.TryGet(question.TeamId, maxAge, out team);
                return new(teamIsKnown, team, true, default, keyIsKnown, key);
            }

            IdBits<UserKind> user = person;
            var officeIsKnown = cache.Operators.TryGet(CityBits, maxAge, out var operators) && operators!.TryFind(user, out office);
            if (!officeIsKnown && cache.Standings.TryGet((CityBits, user), maxAge, out var inCity))
            {
                (officeIsKnown, office) = (true, InCity(inCity));
            }

            if (aboutCity)
            {
                return new(true, office, officeIsKnown, office, keyIsKnown, key);
            }

            var isKnown = cache.Standings.TryGet((question.TeamId, user), maxAge, out var standing);
            return new(isKnown, standing, officeIsKnown, office, keyIsKnown, key);
        }

        public DecisionFacts AddTo(in DecisionFacts question) =>
            AsTold(question with { Key = Key, Person = question.Person ?? Key?.Access?.Owner, Standing = Standing, Office = Office.Membership });
    }
}
