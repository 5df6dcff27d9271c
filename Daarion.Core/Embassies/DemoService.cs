using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Embassies;

/// <inheritdoc cref="IDemoService"/>
internal sealed class DemoService(EmbassyDbContext db, IAccess access, ITeamService teams, IDemoRunner runner) : IDemoService
{
    public async Task<DemoView> Get(Caller caller, GetDemo request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.ReadDemo, null, ct);
        return View(await Presence(caller, ct));
    }

    public async Task<DemoView> Fill(Caller caller, FillWithDemo request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.ManageDemo, null, ct);
        var presence = await Presence(caller, ct);
        if (presence == DemoPresence.Foreign)
        {
            throw DemoMarks.NotEmpty();
        }

        await Begin(caller, "city.demo.fill", ct);
        return View(presence);
    }

    public async Task<DemoView> StartMeter(Caller caller, StartDemoMeter request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.ManageDemo, null, ct);
        var presence = await Presence(caller, ct);
        if (presence != DemoPresence.Whole)
        {
            throw CityException.Conflict("The demonstration is not whole in this city; fill it first.", "demo_not_whole");
        }

        await Begin(caller, "city.demo.meter.start", ct);
        return View(presence);
    }

    public async Task<DemoView> StopMeter(Caller caller, StopDemoMeter request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.ManageDemo, null, ct);
        if (runner.Now.Activity == DemoActivity.Sending)
        {
            await runner.StopMeter(ct);
            db.Audit("city.demo.meter.stop", "platform", DemoMarks.Platform);
            await db.SaveChangesAsync(ct);
        }

        return View(await Presence(caller, ct));
    }

    // The record before the act: what begins here goes on long after this operation, and must not do so unrecorded.
    private async Task Begin(Caller caller, string act, CancellationToken ct)
    {
        if (runner.Now.Activity != DemoActivity.Idle)
        {
            return;
        }

        db.Audit(act, "platform", DemoMarks.Platform);
        await db.SaveChangesAsync(ct);
        await runner.Begin(caller, ct);
    }

    private DemoView View(DemoPresence presence)
    {
        var now = runner.Now;
        return new DemoView(presence, now.Activity, now.Progress, now.Failure, now.Last, runner.Outline);
    }

    private async Task<DemoPresence> Presence(Caller caller, CancellationToken ct)
    {
        if (await db.Platforms.AnyAsync(platform => platform.Platform == DemoMarks.Platform, ct))
        {
            return await db.Identities.AnyAsync(site => site.Platform == DemoMarks.Platform && site.ExternalId == DemoMarks.LiveSite && site.TeamId != null, ct)
                ? DemoPresence.Whole
                : DemoPresence.Partial;
        }

        // Beside the city's own team.
        var others = (await teams.List(caller, new ListTeams(new PageRequest(2)), ct)).Items.Any(team => team.Id != Id<TeamKind>.WellKnown());
        return others || await db.Platforms.AnyAsync(ct) ? DemoPresence.Foreign : DemoPresence.None;
    }
}
