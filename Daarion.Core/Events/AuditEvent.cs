namespace Daarion.Core.Events;

/// <summary>
/// <c>audit.event</c>: somebody did something that an operator may ask about later. Any service writes it with its effect
/// (<see cref="Data.ModuleDbContext.Audit"/>); the telemetry service chains the records by hash in the order they arrive.
/// </summary>
/// <param name="Action">What was done, as the capability that allowed it: <c>city.embassy.manage</c>, or finer: <c>embassy.secret.rotated</c>.</param>
/// <param name="TargetKind">What it was done to: <c>team</c>, <c>platform</c>, <c>service_key</c>, ….</param>
/// <param name="TargetId">Which one.</param>
/// <param name="TeamId">The team it is about, where there is one.</param>
/// <param name="DecisionId">The decision of the PDP that allowed it.</param>
/// <param name="Details">Figures and words that tell what changed; ids only, never names, addresses or secrets.</param>
public sealed record AuditEvent(string Action, string TargetKind, string TargetId, TeamId? TeamId, string? DecisionId, IReadOnlyDictionary<string, string> Details);
