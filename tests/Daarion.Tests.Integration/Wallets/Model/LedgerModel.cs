using System.Globalization;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Integration.Wallets.Model;

/// <summary>A step that is about to be taken: what was a place is a thing now.</summary>
internal sealed record LedgerAsk(Act Act, Party Who, Party From, Party To, string? Id, Symbol Symbol, decimal Amount, int LockDays);

/// <summary>What came of it.</summary>
/// <param name="Word"><c>done</c>, <c>pending</c>, <c>nothing</c>, <c>denied</c>, <c>invalid</c>, or the reason of a conflict; null where nobody knows.</param>
/// <param name="Id">What it made.</param>
internal sealed record LedgerAnswer(string? Word, string? Id = null)
{
    /// <summary>It was asked for too often, and so not done.</summary>
    public const string TooMany = "too_many";
}

/// <summary>What the policies of the city say.</summary>
internal sealed record LedgerRules(decimal TransferLimit, decimal ReviewLimit, decimal DailyCap, decimal ConversionRate, decimal ConversionLimit);

/// <summary>A ledger as one would keep it on paper: balances, and what waits for whom. It knows nothing of how the city keeps its own.</summary>
internal sealed class LedgerModel
{
    private readonly LedgerRules rules;
    private readonly Dictionary<(Party, Symbol), (decimal Available, decimal Locked)> balances;
    private readonly List<Held> held;
    private readonly List<Staked> stakes;
    private readonly List<Earned> payouts;
    private readonly List<Booked> booked;
    private readonly Dictionary<Party, decimal> converted;
    private readonly int day;
    private decimal paid;

    /// <summary>Nobody has anything.</summary>
    public LedgerModel(LedgerRules rules) => (this.rules, balances, held, stakes, payouts, booked, converted) = (rules, [], [], [], [], [], []);

    private LedgerModel(LedgerModel other, int day)
    {
        (rules, paid, this.day) = (other.rules, other.paid, day);
        (balances, held, stakes) = (new(other.balances), [.. other.held], [.. other.stakes]);
        (payouts, booked, converted) = ([.. other.payouts], [.. other.booked], day == other.day ? new(other.converted) : []);
    }

    private sealed record Held(string? Id, Party From, Party To, Symbol Symbol, decimal Amount, Party By, string? Reverses, string Status);

    private sealed record Staked(string? Id, Party Owner, decimal Amount, int Until, bool IsOpen);

    private sealed record Earned(string? Id, Party For, decimal Amount, string Status);

    private sealed record Booked(string? Id, Act How, Party From, Party To, Symbol Symbol, decimal Amount);

    /// <summary>The same, so many days later.</summary>
    public LedgerModel Later(int days) => new(this, day + days);

    /// <summary>The thing that a step is about; null where there is none yet.</summary>
    public LedgerAsk? Resolve(LedgerStep step)
    {
        var things = step.Act switch
        {
            Act.Approve or Act.Cancel => held.Select(one => one.Id),
            Act.Unstake => stakes.Select(one => one.Id),
            Act.Pass or Act.Refuse or Act.Claim => payouts.Select(one => one.Id),
            Act.Reverse => booked.Select(one => one.Id),
            _ => null,
        };
        var known = things?.OfType<string>().ToList();
        return known is { Count: 0 }
            ? null
            : new LedgerAsk(step.Act, step.Who, step.From, step.To, known?[^(1 + (step.Place % known.Count))], step.Act == Act.Stake ? Symbol.RINGK : step.Symbol, step.Amount, step.Place % 4 == 0 ? 3650 : 7);
    }

    /// <summary>Every ledger that there can be after these were asked for at the same time and answered so.</summary>
    public IEnumerable<LedgerModel> After(IReadOnlyList<LedgerAsk> asks, IReadOnlyList<LedgerAnswer> answers)
    {
        if (asks.Count == 0)
        {
            return [this];
        }

        return Enumerable.Range(0, asks.Count).SelectMany(first =>
        {
            var (rest, heard) = (asks.Where((_, place) => place != first).ToList(), answers.Where((_, place) => place != first).ToList());
            return AfterOne(asks[first], answers[first]).SelectMany(next => next.After(rest, heard));
        });
    }

    /// <summary>What somebody has.</summary>
    public (decimal Available, decimal Locked) Of(Party owner, Symbol symbol) => balances.GetValueOrDefault((owner, symbol));

    /// <summary>Everything that an outsider can tell: what waits, what is staked, what is earned, how often something moved.</summary>
    public IEnumerable<string> Story() =>
    [
        .. held.Select(one => Line("held", one.From, one.To, one.Symbol.Code(), one.Amount, one.Status)).Order(StringComparer.Ordinal),
        .. stakes.Select(one => Line("stake", one.Owner, one.Amount, one.IsOpen)).Order(StringComparer.Ordinal),
        .. payouts.Select(one => Line("payout", one.For, one.Amount, one.Status)).Order(StringComparer.Ordinal),
        .. booked.Select(one => Line("booked", one.From, one.To, one.Symbol.Code(), one.Amount)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The same for equal ledgers.</summary>
    public string Print() => string.Join('\n', [
        .. balances.OrderBy(one => one.Key).Select(one => Line("balance", one.Key.Item1, one.Key.Item2.Code(), one.Value.Available, one.Value.Locked)),
        .. held.Select(one => $"{one}").Order(StringComparer.Ordinal),
        .. stakes.Select(one => $"{one}").Order(StringComparer.Ordinal),
        .. payouts.Select(one => $"{one}").Order(StringComparer.Ordinal),
        .. booked.Select(one => $"{one}").Order(StringComparer.Ordinal),
    ]);

    /// <summary>A line of a story.</summary>
    public static string Line(params object[] words) => string.Join(' ', words.Select(word => word is decimal number ? number.ToString("0.#########", CultureInfo.InvariantCulture) : Convert.ToString(word, CultureInfo.InvariantCulture)));

    private IEnumerable<LedgerModel> AfterOne(LedgerAsk ask, LedgerAnswer answer)
    {
        var next = Later(0);
        var word = next.Do(ask, answer.Id);
        if (answer.Word is null or LedgerAnswer.TooMany)
        {
            yield return this;
        }

        if (answer.Word is null ? word is "done" or "pending" or "nothing" : word == answer.Word)
        {
            yield return next;
        }
    }

    private string Do(LedgerAsk ask, string? id) => ask.Act switch
    {
        Act.Mint => ask.Amount > rules.TransferLimit ? Hold(ask, id, Party.MintAccount, ask.To, null) : Move(id, Act.Send, Party.MintAccount, ask.To, ask.Symbol, ask.Amount),
        Act.Burn => ask.Amount > rules.TransferLimit ? Hold(ask, id, ask.From, Party.BurnAccount, null) : Move(id, Act.Send, ask.From, Party.BurnAccount, ask.Symbol, ask.Amount),
        Act.Send => !MayMove(ask.Who, ask.From) ? "denied"
            : ask.From == ask.To ? "invalid"
            : ask.Amount > rules.TransferLimit ? Hold(ask, id, ask.From, ask.To, null) : Move(id, Act.Send, ask.From, ask.To, ask.Symbol, ask.Amount),
        Act.Approve => Approve(ask),
        Act.Cancel => Cancel(ask),
        Act.Stake => Stake(ask, id),
        Act.Unstake => Unstake(ask),
        Act.Convert => Convert1(ask),
        Act.Reward => Reward(ask, id),
        Act.Pass => Review(ask, "generated"),
        Act.Refuse => Review(ask, "cancelled"),
        Act.Claim => Claim(ask, id),
        _ => Reverse(ask, id),
    };

    private static bool IsOperator(Party who) => who is Party.Operator or Party.SecondOperator;

    // A person moves what is their own; what is the team's, its Owner.
    private static bool MayMove(Party who, Party wallet) => wallet == Party.Team ? who == Party.Owner : who == wallet;

    private static bool IsCity(Party party) => party is Party.MintAccount or Party.BurnAccount;

    private string Move(string? id, Act how, Party from, Party to, Symbol symbol, decimal amount)
    {
        if (!Take(from, symbol, amount, locked: false))
        {
            return "insufficient_funds";
        }

        Give(to, symbol, amount);
        booked.Add(new(id, how, from, to, symbol, amount));
        return "done";
    }

    private bool Take(Party from, Symbol symbol, decimal amount, bool locked)
    {
        if (IsCity(from))
        {
            return true;
        }

        var (available, waits) = Of(from, symbol);
        if (available < amount)
        {
            return false;
        }

        balances[(from, symbol)] = (available - amount, locked ? waits + amount : waits);
        return true;
    }

    private void Give(Party to, Symbol symbol, decimal amount, decimal unlocked = 0)
    {
        if (!IsCity(to))
        {
            var (available, waits) = Of(to, symbol);
            balances[(to, symbol)] = (available + amount, waits - unlocked);
        }
    }

    private string Hold(LedgerAsk ask, string? id, Party from, Party to, Booked? reverses)
    {
        var (symbol, amount) = reverses is null ? (ask.Symbol, ask.Amount) : (reverses.Symbol, reverses.Amount);
        if (!Take(from, symbol, amount, locked: true))
        {
            return "insufficient_funds";
        }

        held.Add(new(id, from, to, symbol, amount, ask.Who, reverses?.Id, "pending"));
        return "pending";
    }

    private string Approve(LedgerAsk ask)
    {
        var place = held.FindIndex(one => one.Id == ask.Id);
        var order = held[place];
        if (!IsOperator(ask.Who))
        {
            return "denied";
        }

        if (order.By == ask.Who)
        {
            return "four_eyes";
        }

        if (order.Status != "pending")
        {
            return "not_pending";
        }

        held[place] = order with { Status = "completed" };
        Give(order.From, order.Symbol, 0, order.Amount);
        Give(order.To, order.Symbol, order.Amount);
        booked.Add(new(order.Id, order.Reverses is null ? Act.Send : Act.Reverse, order.From, order.To, order.Symbol, order.Amount));
        return "done";
    }

    private string Cancel(LedgerAsk ask)
    {
        var place = held.FindIndex(one => one.Id == ask.Id);
        var order = held[place];
        var isTheirs = order.Reverses is null && !IsCity(order.To) && MayMove(ask.Who, order.From);
        if (!isTheirs && !IsOperator(ask.Who))
        {
            return "denied";
        }

        if (order.Status != "pending")
        {
            return "not_pending";
        }

        held[place] = order with { Status = "cancelled" };
        Give(order.From, order.Symbol, order.Amount, order.Amount);
        return "done";
    }

    private string Stake(LedgerAsk ask, string? id)
    {
        if (ask.Who == Party.Stranger || !MayMove(ask.Who, ask.From))
        {
            return "denied";
        }

        if (!Take(ask.From, Symbol.RINGK, ask.Amount, locked: true))
        {
            return "insufficient_funds";
        }

        stakes.Add(new(id, ask.From, ask.Amount, day + ask.LockDays, true));
        return "done";
    }

    private string Unstake(LedgerAsk ask)
    {
        var place = stakes.FindIndex(one => one.Id == ask.Id);
        var stake = stakes[place];
        if (ask.Who == Party.Stranger || !MayMove(ask.Who, stake.Owner))
        {
            return "denied";
        }

        if (stake.Until > day)
        {
            return "still_locked";
        }

        if (!stake.IsOpen)
        {
            return "unlocked";
        }

        stakes[place] = stake with { IsOpen = false };
        Give(stake.Owner, Symbol.RINGK, stake.Amount, stake.Amount);
        return "done";
    }

    private string Convert1(LedgerAsk ask)
    {
        if (!MayMove(ask.Who, ask.From))
        {
            return "denied";
        }

        if (ask.Symbol != Symbol.KWT)
        {
            return "invalid";
        }

        if (converted.GetValueOrDefault(ask.From) + ask.Amount > rules.ConversionLimit)
        {
            return "daily_limit";
        }

        if (Move(null, Act.Convert, ask.From, Party.BurnAccount, Symbol.KWT, ask.Amount) is not "done" and var refusal)
        {
            return refusal;
        }

        converted[ask.From] = converted.GetValueOrDefault(ask.From) + ask.Amount;
        return Move(null, Act.Convert, Party.MintAccount, ask.From, Symbol.OneT, decimal.Round(ask.Amount * rules.ConversionRate, 9, MidpointRounding.ToEven));
    }

    private string Reward(LedgerAsk ask, string? id)
    {
        var amount = Math.Min(ask.Amount, rules.DailyCap - paid);
        if (amount == 0)
        {
            return "nothing";
        }

        paid += amount;
        payouts.Add(new(id, Earner(ask), amount, amount > rules.ReviewLimit ? "review" : "generated"));
        return "done";
    }

    /// <summary>Whose a reward is: the team's, or a resident's in it.</summary>
    public static Party Earner(LedgerAsk ask) => ask.To is Party.Member or Party.Stranger ? ask.To : Party.Team;

    private string Review(LedgerAsk ask, string status)
    {
        var place = payouts.FindIndex(one => one.Id == ask.Id);
        if (!IsOperator(ask.Who))
        {
            return "denied";
        }

        if (payouts[place].Status != "review")
        {
            return "not_in_review";
        }

        payouts[place] = payouts[place] with { Status = status };
        if (status == "cancelled")
        {
            // What is not paid leaves its room in the day to others.
            paid -= payouts[place].Amount;
        }

        return "done";
    }

    private string Claim(LedgerAsk ask, string? id)
    {
        var place = payouts.FindIndex(one => one.Id == ask.Id);
        var payout = payouts[place];
        if (!MayMove(ask.Who, payout.For))
        {
            return "denied";
        }

        if (payout.Status != "generated")
        {
            return payout.Status switch { "review" => "in_review", "claimed" => "already_claimed", _ => "cancelled" };
        }

        payouts[place] = payout with { Status = "claimed" };
        return Move(id, Act.Claim, Party.MintAccount, payout.For, Symbol.KWT, payout.Amount);
    }

    private string Reverse(LedgerAsk ask, string? id)
    {
        var transaction = booked.Single(one => one.Id == ask.Id);
        return !IsOperator(ask.Who) ? "denied"
            : transaction.How is Act.Reverse ? "not_reversible"
            : held.Exists(one => one.Reverses == ask.Id && one.Status != "cancelled") ? "reversed"
            : Hold(ask, id, transaction.To, transaction.From, transaction);
    }
}
