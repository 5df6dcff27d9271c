using Daarion.Core.Kernel;
namespace Daarion.Core.Policy;

/// <summary>Who holds which office in the city.</summary>
internal sealed class Offices
{
    /// <summary>Operators kept as one fact; of a city that has more, each is asked for by themselves.</summary>
    public const int Capacity = 10_000;

    private readonly Dictionary<IdBits<UserKind>, StandingFact> holders;
    private readonly bool isComplete;

    private Offices(Dictionary<IdBits<UserKind>, StandingFact> holders, bool isComplete) => (this.holders, this.isComplete) = (holders, isComplete);

    /// <summary>The offices of the city's members: all of them where there are fewer than <see cref="Capacity"/>.</summary>
    public static Offices Of(IReadOnlyList<MembershipFact> members) =>
        new(members.ToDictionary(member => IdBits<UserKind>.Of(member.UserId), member => new StandingFact(null, member)), members.Count < Capacity);

    /// <summary>Somebody's office, null for none; false where that is not known here.</summary>
    public bool TryFind(IdBits<UserKind> user, out StandingFact office) => holders.TryGetValue(user, out office) || isComplete;
}
