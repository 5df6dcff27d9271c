using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities;

/// <inheritdoc cref="IRegistryService"/>
internal sealed partial class RegistryService(IAccess access, CapabilitiesDbContext db, RegistrySnapshots snapshots, CityDatabase database) : IRegistryService
{
    private const string Manage = "city.capability.manage";
    private const string Update = "service.update.capabilities";
    private const string Check = "capability.check";
    private const string PolicyRequired = "policy_required";
    private const int MaxDescription = 200;
    private const int MaxDays = DecisionLogWriter.KeptDays;

    public async Task<CapabilityView> CreateCapability(Caller caller, CreateCapability request, CancellationToken ct)
    {
        await RequireManage(caller, ct);
        if (request.Code.Length > 100 || !CapabilityCode().IsMatch(request.Code))
        {
            throw CityException.Invalid("code", "Give 2 to 6 words of small letters, digits and underscores with points between them, for example garden.bed.book.");
        }

        if (request.Description.Trim().Length is 0 or > MaxDescription)
        {
            throw CityException.Invalid("description", $"Say in 1 to {MaxDescription} characters what it lets one do.");
        }

        var row = await db.Transact(
            async inner =>
            {
                var journal = await RegistryJournal.Begin(db, inner);
                if (await db.Capabilities.AnyAsync(known => known.Code == request.Code, inner))
                {
                    throw CityException.Conflict($"There is a capability {request.Code} already.", "exists");
                }

                var added = journal.Add(request.Code, request.Description.Trim(), request.Risk);
                journal.Close("operator", null);
                db.Audit("capability.create", "capability", added.Id, null, ("code", added.Code));
                return added;
            },
            ct);
        await snapshots.Reload(ct);
        return new(row.Id, row.Code, row.Description, row.Risk, row.Since);
    }

    public async Task<BundleDetail> PutBundleCaps(Caller caller, PutBundleCaps request, CancellationToken ct)
    {
        await RequireManage(caller, ct);
        const string OwnSuffix = ":own";
        List<RegistryOperation> operations =
        [
            .. (request.Add ?? []).Select(code => code.EndsWith(OwnSuffix, StringComparison.Ordinal)
                ? new RegistryOperation(RegistryOp.AddCap, request.Name, code[..^OwnSuffix.Length], DecisionScope.Own)
                : new RegistryOperation(RegistryOp.AddCap, request.Name, code)),
            .. (request.Remove ?? []).Select(code => new RegistryOperation(RegistryOp.RemoveCap, request.Name, code.EndsWith(OwnSuffix, StringComparison.Ordinal) ? code[..^OwnSuffix.Length] : code)),
        ];
        if (operations.Count is 0 or > Capabilities.CheckChange.MaxOperations)
        {
            throw CityException.Invalid("add", $"Give in add and remove together 1 to {Capabilities.CheckChange.MaxOperations} capabilities.");
        }

        var added = request.Add?.Count ?? 0;
        await MakeByHand(operations, request.Name, request.ExpectedVersion, (index, field) => field == "bundle" ? "name" : index < added ? $"add[{index}]" : $"remove[{index - added}]", ct);
        return await CapabilityService.Detail(db, await db.Bundles.AsNoTracking().SingleAsync(row => row.Name == request.Name, ct), ct);
    }

    public async Task<PlanView> PutPlanEntitlements(Caller caller, PutPlanEntitlements request, CancellationToken ct)
    {
        await RequireManage(caller, ct);
        if (request.Entitlements.Count is 0 or > Capabilities.CheckChange.MaxOperations)
        {
            throw CityException.Invalid("entitlements", $"Give 1 to {Capabilities.CheckChange.MaxOperations} of them.");
        }

        await MakeByHand(
            [.. request.Entitlements.Select(given => new RegistryOperation(RegistryOp.SetQuota, Plan: request.Plan, Metric: given.Metric, Quota: given.Quota, HardLimit: given.HardLimit))],
            BundleNames.Plan(request.Plan),
            null,
            (index, field) => $"entitlements[{index}].{field}",
            ct);
        return (await CapabilityService.Plans(db, ct)).Single(plan => plan.Plan == request.Plan);
    }

    public async Task<RegistryCheck> CheckChange(Caller caller, CheckChange request, CancellationToken ct)
    {
        await access.Require(caller, Check, null, ct);
        var version = await db.Versions.MaxAsync(row => (long?)row.Version, ct) ?? 0;
        var edit = RegistryEditor.Edit((await RegistryStore.Read(db, false, ct)).State, request.Operations, db.Now);
        return new(version, edit.Violations, edit.Before.DiffTo(edit.After), edit.Inverse);
    }

    public async Task<AppliedChange> ApplyPolicy(Caller caller, ApplyPolicy request, CancellationToken ct)
    {
        await access.Require(caller, Update, new ResourceRef("policy", request.PolicyId?.Value), ct);
        var applied = await db.Transact(
            async inner =>
            {
                var journal = await RegistryJournal.Begin(db, inner);
                var policy = request.PolicyId?.Value;
                if (policy is not null && await db.Versions.AsNoTracking().SingleOrDefaultAsync(row => row.Cause == "policy" && row.CauseId == policy, inner) is { } before)
                {
                    return new AppliedChange(before.Version, CapabilityService.Changes(before), JsonSerializer.Deserialize<List<RegistryOperation>>(before.Inverse, CityJson.Sparse)!);
                }

                var edit = await Make(request.Operations, journal, inner);
                journal.Close(policy is null ? "operator" : "policy", policy, edit.Inverse);
                return new AppliedChange(journal.Version, [.. journal.Changes], edit.Inverse);
            },
            ct);
        await snapshots.Reload(ct);
        return applied;
    }

    public async Task<Simulation> Simulate(Caller caller, SimulateChange request, CancellationToken ct)
    {
        await access.Require(caller, Check, null, ct);
        if (request.Days is < 1 or > MaxDays)
        {
            throw CityException.Invalid("days", $"Decisions are kept for {MaxDays} days: give 1 to {MaxDays}.");
        }

        var edit = RegistryEditor.Edit((await RegistryStore.Read(db, false, ct)).State, request.Operations, db.Now);
        var current = edit.Before.AsSnapshot(0, db.Now);
        // A burst that would begin now is tried on the days that are replayed.
        var proposed = edit.After.AsSnapshot(0, db.Now);
        var replay = new DecisionReplay(current, proposed.Burst == current.Burst ? proposed : Always(edit.After, proposed));
        return await replay.Run(database, request.Days, db.Now, ct);
    }

    public async Task<RegistrySettings> GetSettings(Caller caller, RegistrySettingsRequest request, CancellationToken ct)
    {
        await access.Require(caller, Check, null, ct);
        var known = SettingNames.Governance.ToDictionary(setting => setting.Name, StringComparer.Ordinal);
        var version = await db.Versions.MaxAsync(row => (long?)row.Version, ct) ?? 0;
        var rows = await db.Settings.AsNoTracking().OrderBy(row => row.Name).ToListAsync(ct);
        return new(version, [.. rows.Select(row => new RegistrySetting(row.Name, row.Value, Bound(known.GetValueOrDefault(row.Name)?.Least), Bound(known.GetValueOrDefault(row.Name)?.Most), known.ContainsKey(row.Name)))]);
    }

    private static Quantity? Bound(decimal? value) => value is { } number ? Quantity.Of(number) : null;

    private static PolicySnapshot Always(RegistryState state, PolicySnapshot proposed) =>
        new(0, proposed.At, state.Capabilities.Keys, proposed.Bundles)
        {
            Entitlements = proposed.Entitlements,
            Multipliers = proposed.Multipliers,
            Prices = proposed.Prices,
            Freezes = proposed.Freezes,
            Settings = proposed.Settings,
            Burst = proposed.Burst.Until is null ? Burst.None : proposed.Burst with { Until = DateTimeOffset.MaxValue },
        };

    private async Task RequireManage(Caller caller, CancellationToken ct)
    {
        if (caller.User is not null || !(await access.Ask(caller, Update, null, ct)).Allow)
        {
            await access.Require(caller, Manage, ResourceRef.City, ct);
        }
    }

    private async Task MakeByHand(IReadOnlyList<RegistryOperation> operations, string target, long? expected, Func<int, string, string> name, CancellationToken ct)
    {
        try
        {
            await MakeByHand(operations, target, expected, ct);
        }
        catch (CityException e) when (e.Errors.Count > 0)
        {
            throw e.Named(field => OperationField().Match(field) is { Success: true } part ? name(int.Parse(part.Groups["index"].ValueSpan, CultureInfo.InvariantCulture), part.Groups["field"].Value) : field);
        }

        await snapshots.Reload(ct);
    }

    private async Task MakeByHand(IReadOnlyList<RegistryOperation> operations, string target, long? expected, CancellationToken ct)
    {
        await db.Transact(
            async inner =>
            {
                var journal = await RegistryJournal.Begin(db, inner);
                if (expected is { } version && await db.Bundles.Where(row => row.Name == target).Select(row => (long?)row.Version).SingleOrDefaultAsync(inner) is var now && now != version)
                {
                    throw CityException.Conflict($"{target} has changed since you looked; look again.", "stale_version");
                }

                var edit = await Make(operations, journal, inner);
                RequireNoPolicy(edit, operations);
                journal.Close("operator", null, edit.Inverse);
                db.Audit("registry.change", "bundle", target, null, ("version", $"{journal.Version}"), ("changes", $"{journal.Changes.Count}"));
                return journal.Version;
            },
            ct);
    }

    private async Task<RegistryEdit> Make(IReadOnlyList<RegistryOperation> operations, RegistryJournal journal, CancellationToken ct)
    {
        var store = await RegistryStore.Read(db, true, ct);
        var edit = RegistryEditor.Edit(store.State, operations, db.Now);
        RuleViolation.RequireNone(edit.Violations);
        store.Write(edit.After, journal);
        return edit;
    }

    // What the city changes by vote only is not changed by hand, not even by those who run it.
    private static void RequireNoPolicy(RegistryEdit edit, IReadOnlyList<RegistryOperation> operations)
    {
        var settings = edit.Before.Settings;
        var risky = settings.GetValueOrDefault(SettingNames.PolicyForHighRisk) != "false"
            ? operations.Where(o => o.Capability is { } code && edit.Before.Capabilities[code].Risk == CapabilityRisk.High).Select(o => o.Capability).FirstOrDefault()
            : null;
        if (risky is not null)
        {
            throw CityException.Conflict($"{risky} is of high risk; in this city that is changed by a policy, which residents vote on.", PolicyRequired);
        }

        if (settings.GetValueOrDefault(SettingNames.PolicyForQuotas) != "false" && operations.Any(o => o.Plan is not null))
        {
            throw CityException.Conflict("In this city the quotas of plans are changed by a policy, which residents vote on.", PolicyRequired);
        }
    }

    [GeneratedRegex("^operations\\[(?<index>[0-9]+)\\]\\.?(?<field>.*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex OperationField();

    [GeneratedRegex("^[a-z][a-z0-9_]*(\\.[a-z0-9_]+){1,5}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex CapabilityCode();
}
