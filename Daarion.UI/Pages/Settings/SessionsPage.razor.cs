using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Settings;

/// <summary>Where one is signed in; for operators everybody's sessions, and sign-ins that failed.</summary>
public sealed partial class SessionsPage
{
    private CityTable<SessionView>? table;
    private CityTable<SignInFailureView>? failures;
    private IReadOnlyList<TableFilter> filters = [];
    private SessionView? one;
    private SessionView? ending;
    private bool asking;

    [Parameter]
    public string? Id { get; set; }

    [Inject]
    private ISessionService Sessions { get; set; } = null!;

    protected override async Task Load()
    {
        filters = Session.Person is { IsOperator: true }
            ? [new("whose", T["settings.mine"], [("everyone", T["settings.everyone"])]), new("ended", T["settings.only_open"], [("yes", T["settings.with_ended"])])]
            : [new("ended", T["settings.only_open"], [("yes", T["settings.with_ended"])])];
        one = Id is null ? null : await Sessions.Get(Caller, new GetSession(SessionId.Parse(Id)), Gone);
    }

    private Task<Page<SessionView>> List(TableQuery query, CancellationToken ct) =>
        Sessions.List(Caller, new ListSessions(query.Page, null, query.Filter("whose") is not null, query.Filter("ended") is not null), ct);

    private async Task End()
    {
        await Do(() => Sessions.End(Caller, new EndSession(ending!.Id), Gone), T["settings.session_ended"]);
        ending = null;
        await Changed();
    }

    private async Task EndOthers()
    {
        await Do(() => Sessions.EndAll(Caller, new EndAllSessions(KeepCurrent: true), Gone), T["settings.session_ended"]);
        asking = false;
        await Changed();
    }

    private async Task Changed()
    {
        if (one is not null)
        {
            await ReloadLive();
        }

        await Task.WhenAll(table?.Refresh() ?? Task.CompletedTask, failures?.Refresh() ?? Task.CompletedTask);
    }
}

/// <summary>A browser's long description in two words.</summary>
internal static class Browsers
{
    private static readonly string[] Known = ["Edg", "OPR", "Firefox", "HeadlessChrome", "Chrome", "Safari", "curl"];
    private static readonly string[] Systems = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"];

    /// <summary>The name and the system; the beginning of the text where neither is known.</summary>
    public static string Name(string? agent)
    {
        if (string.IsNullOrEmpty(agent))
        {
            return "—";
        }

        var browser = Array.Find(Known, name => agent.Contains(name, StringComparison.Ordinal)) switch { "Edg" => "Edge", "OPR" => "Opera", "HeadlessChrome" => "Chrome", var other => other };
        var system = Array.Find(Systems, name => agent.Contains(name, StringComparison.Ordinal));
        return browser is null ? agent[..Math.Min(agent.Length, 32)] : system is null ? browser : $"{browser}, {system}";
    }
}
