using Daarion.Core.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Wallets.Model;

/// <summary>What can be done with a wallet.</summary>
internal enum Act
{
    Mint,
    Burn,
    Send,
    Approve,
    Cancel,
    Stake,
    Unstake,
    Convert,
    Reward,
    Pass,
    Refuse,
    Claim,
    Reverse,
}

/// <summary>Who does something, or whose wallet it is.</summary>
internal enum Party
{
    Owner,
    Member,
    Stranger,
    Team,
    Operator,
    SecondOperator,
    Service,
    MintAccount,
    BurnAccount,
}

/// <summary>A step as it is drawn. What it is done to is a place in the list of what there is when its turn comes.</summary>
/// <param name="Act">What.</param>
/// <param name="Who">Who asks for it.</param>
/// <param name="From">Whose wallet it takes from.</param>
/// <param name="To">Whose wallet it goes to.</param>
/// <param name="Place">Which of the transfers, stakes, payouts or transactions that there are.</param>
/// <param name="Symbol">Of which token.</param>
/// <param name="Amount">How much.</param>
internal sealed record LedgerStep(Act Act, Party Who, Party From, Party To, int Place, Symbol Symbol, decimal Amount);

/// <summary>What people do one after another, and at each moment up to three of them at once; then days pass, and they go on.</summary>
/// <param name="Before">Before the days pass.</param>
/// <param name="After">After.</param>
internal sealed record LedgerStory(LedgerStep[][] Before, LedgerStep[][] After);

/// <summary>Draws stories.</summary>
internal static class LedgerStories
{
    private static readonly Party[] People = [Party.Owner, Party.Member, Party.Stranger];
    private static readonly Party[] Wallets = [.. People, Party.Team];

    public static Gen<LedgerStory> One { get; } =
        from before in Gen.ArrayOf(Burst, 14)
        from after in Gen.ArrayOf(Burst, 6)
        select new LedgerStory(before, after);

    private static Gen<LedgerStep[]> Burst => Gen.Choose(1, 3).SelectMany(count => Gen.ArrayOf(Step, count));

    private static Gen<LedgerStep> Step =>
        from act in Gen.Frequency(
            (4, Gen.Constant(Act.Mint)), (1, Gen.Constant(Act.Burn)), (6, Gen.Constant(Act.Send)), (3, Gen.Constant(Act.Approve)), (1, Gen.Constant(Act.Cancel)),
            (2, Gen.Constant(Act.Stake)), (2, Gen.Constant(Act.Unstake)), (3, Gen.Constant(Act.Convert)), (4, Gen.Constant(Act.Reward)),
            (1, Gen.Constant(Act.Pass)), (1, Gen.Constant(Act.Refuse)), (4, Gen.Constant(Act.Claim)), (2, Gen.Constant(Act.Reverse)))
        from who in Who(act)
        from @from in Gen.Frequency((3, Gen.Constant(who is Party.Owner or Party.Member or Party.Stranger ? who : Party.Team)), (2, Gen.Elements(Wallets)))
        from to in Gen.Elements(Wallets)
        from place in Gen.Choose(0, 1000)
        from symbol in Gen.Frequency((4, Gen.Constant(Symbol.KWT)), (3, Gen.Constant(Symbol.RINGK)), (1, Gen.Elements<Symbol>([.. Symbols.All])))
        from amount in Gen.Frequency(
            (20, Gen.Choose(1, 400_000).Select(millis => millis / 1000m)),
            (1, Gen.Constant(0.000000001m)),
            (2, Gen.Choose(1001, 3000).Select(whole => (decimal)whole)),
            (2, Gen.Choose(9_000, 12_000).Select(whole => (decimal)whole)))
        select new LedgerStep(act, who, @from, to, place, symbol, amount);

    private static Gen<Party> Who(Act act) => act switch
    {
        Act.Mint or Act.Burn or Act.Reward => Gen.Constant(Party.Service),
        Act.Approve or Act.Pass or Act.Refuse or Act.Reverse => Gen.Frequency<Party>((6, Gen.Elements(Party.Operator, Party.SecondOperator)), (1, Gen.Elements(People))),
        Act.Cancel => Gen.Frequency<Party>((1, Gen.Elements(Party.Operator, Party.SecondOperator)), (2, Gen.Elements(People))),
        _ => Gen.Elements(People),
    };
}
