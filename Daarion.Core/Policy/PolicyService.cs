using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <inheritdoc cref="IPolicyService"/>
internal sealed class PolicyService(IAccess access, PolicyDecisionPoint pdp, IDecisionLog log) : IPolicyService
{
    public async Task<DecisionAnswer> Decide(Caller caller, DecisionRequest request, CancellationToken ct)
    {
        await access.Require(caller, PolicyCapabilities.Decide, About(request.Subject), ct);
        return (await pdp.Decide(Asked(caller, request), ct)).ToAnswer();
    }

    public async Task<DecisionExplanation> Explain(Caller caller, DecisionRequest request, CancellationToken ct)
    {
        await access.Require(caller, PolicyCapabilities.Explain, About(request.Subject), ct);
        return (await pdp.Decide(Asked(caller, request), ct)).Explain();
    }

    public async Task<DecisionAnswers> DecideBatch(Caller caller, DecideBatch request, CancellationToken ct)
    {
        if (request.Requests.Count is 0 or > Policy.DecideBatch.MaxRequests)
        {
            throw CityException.Invalid("requests", $"Give 1 to {Policy.DecideBatch.MaxRequests} of them.");
        }

        var answers = new List<DecisionAnswer>(request.Requests.Count);
        await access.Require(caller, PolicyCapabilities.Decide, OneSubject(request) is { } subject ? About(subject) : null, ct);
        foreach (var question in request.Requests)
        {
            answers.Add((await pdp.Decide(Asked(caller, question), ct)).ToAnswer());
        }

        return new DecisionAnswers(answers);
    }

    public async Task<Page<DecisionRecord>> ListDecisions(Caller caller, DecisionFilter request, CancellationToken ct)
    {
        await access.Require(caller, PolicyCapabilities.ReadDecisions, request.Subject is { } subject ? Of(subject, null) : null, ct);
        return await log.List(request, ct);
    }

    public async Task<DecisionExplanation> GetDecision(Caller caller, DecisionRef request, CancellationToken ct)
    {
        // Whoever may not read the log gets one answer, whether there is such a decision or not.
        var decision = await log.Find(request.DecisionId, ct);
        var mine = decision is not null && decision.Subject.Id == caller.User?.Value;
        await access.Require(caller, PolicyCapabilities.ReadDecisions, mine ? Of(decision!.Subject.Id, request.DecisionId) : null, ct);
        return decision ?? throw CityException.NotFound("decision; allowances are kept as a sample only");
    }

    private DecisionFacts Asked(Caller caller, DecisionRequest request)
    {
        var question = Questions.Of(request, pdp.Now);
        return question with { AskedByPerson = caller.User is { } asker && asker == question.Person };
    }

    private static ResourceRef About(SubjectRef subject) =>
        subject.Kind == SubjectKind.User && UserId.TryParse(subject.Id, out var user) ? ResourceRef.Own("subject", subject.Id, user) : new("subject", subject.Id);

    private static ResourceRef? Of(string subject, DecisionId? decision) =>
        UserId.TryParse(subject, out var user) ? ResourceRef.Own("decision", decision?.Value, user) : null;

    private static SubjectRef? OneSubject(DecideBatch batch) => batch.Requests.All(question => question.Subject == batch.Requests[0].Subject) ? batch.Requests[0].Subject : null;
}
