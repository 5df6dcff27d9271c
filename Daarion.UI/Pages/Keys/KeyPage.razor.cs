using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Daarion.UI.Pages.Settings;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Keys;

/// <summary>An access key: whom it stands for, what it may at this moment, when it was used; a new secret for it, its end.</summary>
public sealed partial class KeyPage
{
    private const int UsualOverlap = 3600;
    private AccessKeyView? key;
    private AccessKeySecret? secret;
    private RightSet may = RightSet.None;
    private CityTable<HeldCapability>? rights;
    private AuditTrail? trail;
    private string? team;
    private string? asking;
    private int overlap = UsualOverlap;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IAccessKeyService Keys { get; set; } = null!;

    [Inject]
    private IAccessReviewService Review { get; set; } = null!;

    [Inject]
    private NameBook Names { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override async Task Load()
    {
        var id = AccessKeyId.Parse(Id);
        try
        {
            key = await Once("key", () => Keys.Get(Caller, new GetAccessKey(id), Gone));
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound && Session.Person is { IsOperator: true })
        {
            // Service keys have the same form of id.
            Navigation.NavigateTo($"/settings/service-keys/{Id}", replace: true);
            return;
        }

        team = await Names.Find(key.TeamId.Value);
        var (self, subject) = (new DecisionResource("access_key", Id, key.TeamId, Owner: key.OwnerId.Value), new DecisionResource("subject", Id, Owner: key.OwnerId.Value));
        may = await Rights.Of(Gone, new("access_key.rotate", key.TeamId, self), new("access_key.revoke", key.TeamId, self), new("audit.read", key.TeamId), new("capability.read", null, subject));
    }

    private Task<Page<HeldCapability>> Held(TableQuery query, CancellationToken ct) =>
        Sifted.Of(query, page => Review.WhatCan(Caller, new WhatCan(Id, Page: page), ct), one => one.Capability, one => Texts.Find($"capability.{one.Capability}"));

    private async Task Changed()
    {
        await ReloadLive();
        await Task.WhenAll(rights?.Refresh() ?? Task.CompletedTask, trail?.Refresh() ?? Task.CompletedTask);
    }

    private async Task Rotate()
    {
        if (await Do(async () => secret = await Keys.Rotate(Caller, new RotateAccessKey(key!.Id, overlap), Gone)))
        {
            asking = null;
            await Changed();
        }
    }

    private async Task Resume()
    {
        if (await Do(() => Keys.Resume(Caller, new ResumeAccessKey(key!.Id), Gone), T["keys.resumed"]))
        {
            asking = null;
            await Changed();
        }
    }

    private async Task Revoke()
    {
        if (await Do(() => Keys.Revoke(Caller, new RevokeAccessKey(key!.Id), Gone), T["keys.revoked"]))
        {
            (asking, secret) = (null, null);
            await Changed();
        }
    }
}
