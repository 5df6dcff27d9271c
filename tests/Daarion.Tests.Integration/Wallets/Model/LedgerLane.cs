using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Integration.Wallets.Model;

/// <summary>A team with its Owner, a Member and a stranger, who act in a running city as a story has it; beside them the model is kept.</summary>
internal sealed class LedgerLane
{
    private static readonly Party[] Wallets = [Party.Owner, Party.Member, Party.Stranger, Party.Team];
    private static readonly DateTimeOffset Day = new(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);
    private readonly LedgerDoor door;
    private readonly Dictionary<Party, string> ids;
    private readonly StringBuilder told = new();
    private IReadOnlyList<LedgerModel> models;

    private LedgerLane(LedgerDoor door, Dictionary<Party, string> ids, LedgerRules rules) => (this.door, this.ids, models) = (door, ids, [new LedgerModel(rules)]);

    /// <summary>New people and a new team; each of them gets a little, so that they have wallets.</summary>
    public static async Task<LedgerLane> Open(LedgerDoor door, LedgerRules rules, string first, string second)
    {
        var people = new Dictionary<Party, string> { [Party.Operator] = first, [Party.SecondOperator] = second };
        foreach (var person in (Party[])[Party.Owner, Party.Member, Party.Stranger])
        {
            people[person] = Id(await door.Make("/internal/v1/user", new { email = $"{person}-{Guid.NewGuid():N}@example.org".ToLowerInvariant(), display_name = "Олена" }));
        }

        people[Party.Team] = Id(await door.Make("/internal/v1/team/create", new { name = $"Двір {Guid.NewGuid():N}"[..20], mode = "public", owner_user_id = people[Party.Owner] }));
        await door.Make("/internal/v1/team/member/add", new { team_id = people[Party.Team], user_id = people[Party.Member], role = "member" });
        var lane = new LedgerLane(door, people, rules);
        await lane.Go([.. Wallets.Select(wallet => new[] { new LedgerStep(Act.Mint, Party.Service, Party.Team, wallet, 0, Symbol.KWT, 300m) })]);
        return lane;
    }

    /// <summary>Takes the steps; after each moment what people have is what some order of the steps explains.</summary>
    public async Task Go(LedgerStep[][] moments)
    {
        foreach (var moment in moments)
        {
            var asks = moment.Select(models[0].Resolve).OfType<LedgerAsk>().ToList();
            var answers = await Task.WhenAll(asks.Select(Do));
            for (var place = 0; place < asks.Count; place++)
            {
                told.AppendLine(CultureInfo.InvariantCulture, $"{(place == 0 ? '·' : '‖')} {asks[place]} → {answers[place].Word ?? "nobody knows"} {answers[place].Id}");
            }

            var explained = models.SelectMany(model => model.After(asks, answers)).DistinctBy(model => model.Print()).ToList();
            var seen = await Balances();
            var right = explained.Where(model => seen.All(one => model.Of(one.Key.Item1, one.Key.Item2) == one.Value)).ToList();
            if (right.Count == 0)
            {
                var had = string.Join('\n', seen.Where(one => one.Value != default).Select(one => $"{one.Key}: {one.Value}"));
                Assert.Fail($"No order of these steps explains what was answered ({explained.Count} orders do) and what people have:\n{told}\nThey have:\n{had}\nThe model had:\n{models[0].Print()}");
            }

            models = right;
        }
    }

    /// <summary>Days pass.</summary>
    public void Later(int days) => models = [.. models.Select(model => model.Later(days))];

    /// <summary>What waits, what is staked, what is earned and what moved is what the model says too.</summary>
    public async Task End()
    {
        var story = await Story();
        Assert.True(models.Any(model => model.Story().SequenceEqual(story)), $"The city tells another story:\n{string.Join('\n', story)}\nthan the model:\n{string.Join('\n', models[0].Story())}\nafter:\n{told}");
    }

    private static string Id(JsonElement made) => made.GetProperty("id").GetString()!;

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    private static decimal Number(JsonElement thing, string name) => decimal.Parse(thing.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private async Task<LedgerAnswer> Do(LedgerAsk ask)
    {
        var (amount, symbol, who) = (Text(ask.Amount), ask.Symbol.Code(), ids.GetValueOrDefault(ask.Who));
        (string Path, object Body) request = ask.Act switch
        {
            Act.Mint => ("wallet/mint", new { to = ids[ask.To], symbol, amount, reason = "by policy" }),
            Act.Burn => ("wallet/burn", new { from = ids[ask.From], symbol, amount, reason = "by policy" }),
            Act.Send => ("wallet/transfer", new { from = ids[ask.From], to = ids[ask.To], symbol, amount }),
            Act.Approve => ($"wallet/transfers/{ask.Id}/approve", new { }),
            Act.Cancel => ($"wallet/transfers/{ask.Id}/cancel", new { }),
            Act.Stake => ("wallet/stake", new { owner = ids[ask.From], team_id = ids[Party.Team], amount, lock_days = ask.LockDays }),
            Act.Unstake => ("wallet/unstake", new { stake_id = ask.Id }),
            Act.Convert => ("wallet/convert", new { wallet = ids[ask.From], from = symbol, to = ask.Symbol == Symbol.OneT ? "KWT" : "1T", amount }),
            Act.Reward => ("wallet/payout/generate", Movement(ask, amount)),
            Act.Pass => ($"wallet/payouts/{ask.Id}/approve", new { }),
            Act.Refuse => ($"wallet/payouts/{ask.Id}/cancel", new { }),
            Act.Claim => ("wallet/payout/claim", new { payout_id = ask.Id }),
            _ => ($"wallet/transactions/{ask.Id}/reverse", new { reason = "by mistake" }),
        };
        if (await door.Post($"/internal/v1/{request.Path}", request.Body, who) is not { } answer)
        {
            return new(null);
        }

        var (status, body) = answer;
        return status switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.NotFound => new("denied"),
            HttpStatusCode.BadRequest => new("invalid"),
            HttpStatusCode.TooManyRequests => new(LedgerAnswer.TooMany),
            HttpStatusCode.Conflict => new(body.GetProperty("reason").GetString()),
            HttpStatusCode.OK or HttpStatusCode.Created when ask.Act == Act.Reward => body.GetProperty("payout_ids") is var made && made.GetArrayLength() == 0 ? new("nothing") : new("done", made[0].GetString()),
            HttpStatusCode.OK or HttpStatusCode.Created when ask.Act == Act.Claim => new("done", body.GetProperty("transaction_id").GetString()),
            HttpStatusCode.OK or HttpStatusCode.Created => new(body.TryGetProperty("status", out var state) && state.GetString() == "pending" ? "pending" : "done", Id(body)),
            _ => throw new InvalidOperationException($"{ask}: {(int)status} {body}\n{told}"),
        };
    }

    private object Movement(LedgerAsk ask, string delta) => new
    {
        rwa_ref = RwaId.New(Day).Value,
        team_id = ids[Party.Team],
        domain = "energy",
        site_id = "EU-KYIV-01",
        unit = "kwh",
        delta,
        inventory_id = RwaId.New(Day).Value,
        oracle_id = OracleId.New(Day).Value,
        ts = Timestamps.Format(Day),
        beneficiary_user_id = LedgerModel.Earner(ask) is var earner && earner != Party.Team ? ids[earner] : null,
    };

    private async Task<Dictionary<(Party, Symbol), (decimal, decimal)>> Balances()
    {
        var seen = new Dictionary<(Party, Symbol), (decimal, decimal)>();
        foreach (var (wallet, answer) in await Task.WhenAll(Wallets.Select(async wallet => (wallet, await door.Get($"/internal/v1/wallet/balance/{ids[wallet]}")))))
        {
            foreach (var balance in answer.GetProperty("balances").EnumerateArray())
            {
                seen[(wallet, Symbols.Parse(balance.GetProperty("symbol").GetString()!))] = (Number(balance, "available"), Number(balance, "locked"));
            }
        }

        return seen;
    }

    private async Task<List<string>> Story()
    {
        var held = await Of("wallet/transfers?owner=");
        var booked = await Of("wallet/transactions?owner=");
        var stakes = await door.All($"/internal/v1/wallet/stakes?team_id={ids[Party.Team]}");
        var payouts = await door.All($"/internal/v1/wallet/payouts?team_id={ids[Party.Team]}");
        return
        [
            .. held.Select(one => LedgerModel.Line("held", Who(one, "from"), Who(one, "to"), one.GetProperty("symbol").GetString()!, Number(one, "amount"), one.GetProperty("status").GetString()!)).Order(StringComparer.Ordinal),
            .. stakes.Select(one => LedgerModel.Line("stake", Who(one, "owner_id"), Number(one, "amount"), one.GetProperty("unlocked_at").ValueKind == JsonValueKind.Null)).Order(StringComparer.Ordinal),
            .. payouts.Select(one => LedgerModel.Line("payout", Who(one, "beneficiary_id"), Number(one, "amount"), one.GetProperty("status").GetString()!)).Order(StringComparer.Ordinal),
            .. booked.Select(Booked).Order(StringComparer.Ordinal),
        ];
    }

    private string Booked(JsonElement transaction)
    {
        var entries = transaction.GetProperty("entries").EnumerateArray().ToList();
        var (gave, got) = (entries.Single(entry => Number(entry, "amount") < 0), entries.Single(entry => Number(entry, "amount") > 0));
        return LedgerModel.Line("booked", Who(gave, "owner_id"), Who(got, "owner_id"), got.GetProperty("symbol").GetString()!, Number(got, "amount"));
    }

    private async Task<IEnumerable<JsonElement>> Of(string path) =>
        (await Task.WhenAll(Wallets.Select(wallet => door.All($"/internal/v1/{path}{ids[wallet]}")))).SelectMany(all => all).DistinctBy(Id);

    private Party Who(JsonElement thing, string name) => thing.GetProperty(name).GetString() switch
    {
        { } account when account.StartsWith("mint:", StringComparison.Ordinal) => Party.MintAccount,
        { } account when account.StartsWith("burn:", StringComparison.Ordinal) => Party.BurnAccount,
        var id => ids.Single(one => one.Value == id).Key,
    };
}
