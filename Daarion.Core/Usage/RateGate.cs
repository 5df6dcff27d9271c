using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Usage;

/// <summary>Requests of the last minute, counted in the database for all replicas together.</summary>
internal sealed class RateGate : IKeyRates, IAsyncDisposable
{
    private const int GroupSize = 256;
    private const string Away = "How often it was done cannot be counted at the moment; try again shortly.";
    private const string Sql = "select place, remaining, wait from usage.admit($1, $2, $3)";
    private readonly Gathering<Request, Admission> requests;
    private readonly UsageRates rates;
    private readonly QuotaTable quotas;
    private readonly FactCache facts;
    private readonly TimeProvider clock;

    public RateGate(CityDatabase database, UsageRates rates, QuotaTable quotas, FactCache facts, TimeProvider clock, ILogger<RateGate> log)
    {
        (this.rates, this.quotas, this.facts, this.clock) = (rates, quotas, facts, clock);
        requests = new(database.Of(ServiceName.Usage), GroupSize, 1, Admit, Away, log);
    }

    /// <summary>How often an action may be taken; null where it may as often as one likes.</summary>
    public int? Of(string action) => rates.Actions.TryGetValue(action, out var perMinute) ? perMinute : null;

    /// <summary>Counts an action of whoever takes it; null where nobody counts it.</summary>
    public async ValueTask<RateFact?> Take(DecisionFacts facts, CancellationToken ct) =>
        Of(facts.Action) is { } perMinute && Who(facts) is { } who ? await Charge(facts.Action, who, perMinute, ct) : null;

    public async ValueTask<RateFact?> Charge(string keyId, CancellationToken ct)
    {
        if (await Key(keyId, ct) is not { } grant)
        {
            return null;
        }

        var perMinute = grant.PerMinute ?? rates.Keys[await quotas.PlanOf(Payer.Of(grant.TeamId), ct)];
        return await Charge("key", keyId, perMinute, ct);
    }

    public ValueTask DisposeAsync() => requests.DisposeAsync();

    private async ValueTask<AccessGrant?> Key(string id, CancellationToken ct) =>
        (facts.Keys.TryGet(id, facts.MaxAge, out var known) ? known : await facts.Keys.Fetch(id, ct))?.Access;

    // An access key; else the person, also one for whom a service acts. The city's own services and keys of operators' scripts are not counted.
    private static string? Who(DecisionFacts facts) => facts switch
    {
        { Key.Access: not null } => facts.KeyId,
        { Person: { } person } => person.Value,
        { Kind: SubjectKind.Service } => null,
        _ => facts.SubjectId,
    };

    private async Task<RateFact> Charge(string what, string who, int perMinute, CancellationToken ct)
    {
        var admission = await requests.Send(new($"{what}/{who}", perMinute, clock.GetUtcNow().ToUnixTimeSeconds()), ct);
        return new(what, perMinute, admission.Remaining, admission.Wait > 0 ? TimeSpan.FromSeconds(admission.Wait) : null);
    }

    private static async Task<Admission[]> Admit(NpgsqlCommand command, IReadOnlyList<Request> group, bool again, CancellationToken ct)
    {
        command.CommandText = Sql;
        command.Parameters.AddTexts([.. group.Select(request => request.Name)]);
        command.Parameters.Add(new NpgsqlParameter { Value = group.Select(request => request.PerMinute).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = group[^1].Second });
        var answers = new Admission[group.Count];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            answers[reader.GetInt32(0) - 1] = new(reader.GetInt32(1), reader.GetInt32(2));
        }

        return answers;
    }

    private readonly record struct Request(string Name, int PerMinute, long Second);

    private readonly record struct Admission(int Remaining, int Wait);
}
