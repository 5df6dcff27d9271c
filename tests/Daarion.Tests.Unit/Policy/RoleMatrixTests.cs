using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

/// <summary>
/// The roles matrix of the specification, checked against the registry of a new city through the engine itself.
/// <c>yes</c>: with everything in the team; <c>own</c>: with what is one's own, and with nobody else's; a point: not at all.
/// </summary>
public sealed class RoleMatrixTests
{
    private const string Matrix =
        """
        action                     | Owner | Guardian | contributor | commenter | reader | Visitor, public | Visitor, confidential
        team.read                  | yes   | yes      | yes         | yes       | yes    | yes             | .
        team.update                | yes   | yes      | .           | .         | .      | .               | .
        team.mode.change           | yes   | yes      | .           | .         | .      | .               | .
        team.mode.open             | yes   | .        | .           | .         | .      | .               | .
        team.state.change          | yes   | yes      | .           | .         | .      | .               | .
        team.plan.change           | yes   | .        | .           | .         | .      | .               | .
        team.delete                | yes   | .        | .           | .         | .      | .               | .
        team.restore               | yes   | .        | .           | .         | .      | .               | .
        team.owner.transfer        | yes   | .        | .           | .         | .      | .               | .
        team.member.add            | yes   | yes      | .           | .         | .      | .               | .
        team.member.remove         | yes   | yes      | .           | .         | .      | .               | .
        team.member.change_role    | yes   | yes      | .           | .         | .      | .               | .
        team.guardian.manage       | yes   | .        | .           | .         | .      | .               | .
        team.leave                 | yes   | yes      | yes         | yes       | yes    | yes             | yes
        chat.channel.create        | yes   | yes      | yes         | .         | .      | .               | .
        chat.channel.manage        | yes   | yes      | .           | .         | .      | .               | .
        chat.message.read          | yes   | yes      | yes         | yes       | yes    | yes             | .
        chat.message.send          | yes   | yes      | yes         | yes       | .      | .               | .
        chat.message.moderate      | yes   | yes      | .           | .         | .      | .               | .
        comemory.item.read         | yes   | yes      | yes         | yes       | yes    | .               | .
        followup.create            | yes   | yes      | yes         | .         | .      | .               | .
        project.read               | yes   | yes      | yes         | yes       | yes    | yes             | .
        project.create             | yes   | yes      | yes         | .         | .      | .               | .
        project.delete             | yes   | yes      | .           | .         | .      | .               | .
        task.create                | yes   | yes      | yes         | .         | .      | .               | .
        task.update                | yes   | yes      | yes         | .         | .      | .               | .
        agent.create               | yes   | yes      | .           | .         | .      | .               | .
        agent.update               | yes   | yes      | .           | .         | .      | .               | .
        agent.run.invoke           | yes   | yes      | yes         | .         | .      | .               | .
        agent.channel.grant        | yes   | yes      | .           | .         | .      | .               | .
        router.invoke              | yes   | yes      | yes         | .         | .      | .               | .
        llm.chat.invoke            | yes   | yes      | yes         | .         | .      | .               | .
        llm.embeddings.invoke      | yes   | yes      | yes         | .         | .      | .               | .
        wallet.balance.view        | yes   | yes      | own         | own       | own    | .               | .
        wallet.payout.view         | yes   | yes      | own         | own       | own    | .               | .
        wallet.payout.claim        | yes   | yes      | own         | .         | .      | .               | .
        wallet.transfer            | yes   | .        | own         | .         | .      | .               | .
        wallet.convert             | yes   | .        | own         | .         | .      | .               | .
        wallet.stake.ringk         | yes   | yes      | yes         | .         | .      | .               | .
        embassy.intent.read        | yes   | yes      | .           | .         | .      | .               | .
        rwa.inventory.read         | yes   | yes      | own         | own       | own    | .               | .
        governance.proposal.create | yes   | yes      | .           | .         | .      | .               | .
        governance.vote.cast       | yes   | yes      | yes         | .         | .      | .               | .
        access_key.create          | yes   | yes      | own         | .         | .      | .               | .
        access_key.revoke          | yes   | yes      | own         | .         | .      | .               | .
        file.read                  | yes   | yes      | yes         | yes       | yes    | yes             | .
        file.upload                | yes   | yes      | yes         | .         | .      | .               | .
        """;

    public static TheoryData<string, string, string> Cells()
    {
        var lines = Matrix.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        var cells = new TheoryData<string, string, string>();
        foreach (var line in lines.Skip(1))
        {
            for (var column = 1; column < line.Length; column++)
            {
                cells.Add(line[0], lines[0][column], line[column]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_role_may_what_the_matrix_says(string action, string role, string expected)
    {
        var question = Facts.Person(Facts.Olena, action);
        var asked = role switch
        {
            "Owner" => question.In().As(TeamRole.Owner),
            "Guardian" => question.In().As(TeamRole.Guardian),
            "contributor" => question.In().As(TeamRole.Member, ViewerType.Contributor),
            "commenter" => question.In().As(TeamRole.Member, ViewerType.Commenter),
            "reader" => question.In().As(TeamRole.Member, ViewerType.Reader),
            "Visitor, public" => question.In().As(TeamRole.Visitor),
            _ => question.In(TeamMode.Confidential).As(TeamRole.Visitor),
        };

        var own = asked.OnThingOf(Facts.Olena).Decide();
        var others = asked.OnThingOf(Facts.Taras).Decide();

        Assert.Equal(expected != ".", own.Allow);
        Assert.Equal(expected == "yes", others.Allow);
    }

    [Fact]
    public void The_matrix_has_a_row_for_everything_that_a_role_holds_in_a_team()
    {
        var rows = Cells().Select(cell => (string)cell[0]).ToHashSet(StringComparer.Ordinal);

        var heldByMembers = Facts.NewCity.Of(TeamRole.Member).Grants.Where(grant => grant.Value.Scope == DecisionScope.All).Select(grant => grant.Key);

        // What members hold beyond the matrix is only looking.
        Assert.All(heldByMembers.Where(action => !rows.Contains(action)), action => Assert.True(Actions.IsRead(action), action));
    }

    [Fact]
    public void A_member_without_a_viewer_type_is_a_contributor() =>
        Assert.True(Facts.Person(Facts.Olena, "task.create").In().As(TeamRole.Member).Decide().Allow);

    [Fact]
    public void No_admin_capability_is_a_Visitors() =>
        Assert.DoesNotContain(
            Facts.NewCity.Of(TeamRole.Visitor).Grants,
            grant => grant.Value.Scope == DecisionScope.All && grant.Key is not ("team.read" or "team.leave")
                && (grant.Key.StartsWith("team.", StringComparison.Ordinal) || grant.Key.StartsWith("access_key.", StringComparison.Ordinal) || grant.Key.StartsWith("city.", StringComparison.Ordinal) || grant.Key.StartsWith("service.", StringComparison.Ordinal)));

    [Fact]
    public void No_agent_bundle_holds_money_or_votes() =>
        Assert.DoesNotContain(
            Facts.NewCity.Bundles.Where(bundle => bundle.Name.StartsWith("agent.", StringComparison.Ordinal)).SelectMany(bundle => bundle.Grants.Keys),
            Actions.IsForPeopleOnly);
}
