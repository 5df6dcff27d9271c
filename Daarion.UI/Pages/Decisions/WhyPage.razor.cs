using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.UI.Pages.Access;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Decisions;

/// <summary>Asks the PDP about anyone and anything, and shows the whole chain of its answer.</summary>
public sealed partial class WhyPage
{
    private IReadOnlyList<string> actions = [];
    private IReadOnlyList<TeamView> teams = [];
    private IReadOnlyList<(string Id, string Name)> people = [];
    private DecisionExplanation? answer;

    [SupplyParameterFromQuery]
    private string? Subject { get; set; }

    [SupplyParameterFromQuery]
    private string? Action { get; set; }

    [SupplyParameterFromQuery]
    private string? Team { get; set; }

    private string? Owner { get; set; }

    [Inject]
    private IPolicyService Policy { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    [Inject]
    private ICapabilityService Capabilities { get; set; } = null!;

    protected override async Task Load()
    {
        Subject ??= Session.Person?.Id.Value;
        (actions, teams) = await AccessChoices.Of(Caller, Session, Capabilities, Teams, Gone);
        people = await AccessChoices.People(Caller, Session, Users, Gone);

        if (Subject is not null && Action is not null && answer is null)
        {
            await Ask();
        }
    }

    private async Task Ask()
    {
        var team = Parse<TeamKind>(Team, "team");
        var subject = Subject?.Trim() ?? string.Empty;
        var resource = Parse<UserKind>(Owner, "owner") is { } owner ? new DecisionResource("own", null, team, Owner: owner.Value) : null;
        answer = await Policy.Explain(Caller, new DecisionRequest(new SubjectRef(subject, KindOf(subject)), Action?.Trim() ?? string.Empty, team, resource), Gone);
    }

    private static Id<TKind>? Parse<TKind>(string? text, string field)
        where TKind : IIdKind =>
        string.IsNullOrWhiteSpace(text) ? null : Core.Kernel.Id<TKind>.TryParse(text.Trim(), out var id) ? id : throw CityException.Invalid(field, $"An identifier here begins with '{TKind.Prefix}'.");

    private static SubjectKind KindOf(string subject) => subject switch
    {
        _ when subject.StartsWith("embassy:", StringComparison.Ordinal) => SubjectKind.Embassy,
        _ when subject.StartsWith("service:", StringComparison.Ordinal) || subject.StartsWith("ak_", StringComparison.Ordinal) => SubjectKind.Service,
        _ => SubjectKind.User,
    };
}
