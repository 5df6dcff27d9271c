using Daarion.Core.Kernel;

namespace Daarion.Core.Events;

/// <summary>One JetStream stream.</summary>
/// <param name="Name">For example <c>STREAM_PAYOUT</c>.</param>
/// <param name="Subjects">The subjects it takes: <c>payout.&gt;</c>.</param>
/// <param name="MaxAge">How long it keeps messages; null for ever.</param>
public sealed record StreamDeclaration(string Name, IReadOnlyList<string> Subjects, TimeSpan? MaxAge);

/// <summary>One type of event.</summary>
/// <param name="Type">Its type, also its subject.</param>
/// <param name="Payload">The record that is its payload.</param>
/// <param name="Service">The service that publishes it.</param>
/// <param name="Version">Of its schema.</param>
public sealed record EventDeclaration(string Type, Type Payload, string Service, int Version = 1)
{
    /// <summary>The first word of the type.</summary>
    public string Domain => EventCatalogue.DomainOf(Type);

    /// <summary>Declares an event.</summary>
    public static EventDeclaration Of<TPayload>(string type, string service, int version = 1)
        where TPayload : class => new(type, typeof(TPayload), service, version);
}

/// <summary>One reaction: a durable consumer of a stream and the class that handles what it brings.</summary>
/// <param name="Service">The service that reacts.</param>
/// <param name="Handler">A class named as a sentence, an <see cref="IEventConsumer"/>.</param>
/// <param name="Types">The event types it takes, all of one stream; a type may end in <c>&gt;</c> to take a whole domain.</param>
public sealed record ConsumerDeclaration(string Service, Type Handler, IReadOnlyList<string> Types)
{
    /// <summary>The durable name: the service and the handler in kebab case, <c>oracles-record-reading-when-embassy-energy-updated</c>.</summary>
    public string Durable { get; init; } = $"{Service}-{Kebab(Handler.Name)}";

    /// <summary>
    /// Where given: the reaction has a durable only while somebody wants it, which begins a little before the moment it is first wanted. Without, it is always wanted.
    /// </summary>
    public Func<IServiceProvider, CancellationToken, ValueTask<bool>>? IsWanted { get; init; }

    /// <summary>Messages handled in one transaction at most.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>True when the reaction takes events of the type.</summary>
    public bool Takes(string type) =>
        Types.Any(taken => taken.EndsWith('>') ? type.StartsWith(taken[..^1], StringComparison.Ordinal) : string.Equals(taken, type, StringComparison.Ordinal));

    /// <summary>Declares a reaction.</summary>
    public static ConsumerDeclaration Of<THandler>(string service, params string[] types)
        where THandler : class, IEventConsumer => new(service, typeof(THandler), types);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : string.Empty)}{char.ToLowerInvariant(c)}" : $"{c}"));
}

/// <summary>
/// All streams, events and consumers of the city: the streams are declared here, the rest comes from the modules. Streams, consumers,
/// the schema endpoint, the documentation and the console's catalogue page are made from this one declaration.
/// </summary>
public sealed class EventCatalogue
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private readonly Dictionary<string, EventDeclaration> byType;
    private readonly Dictionary<Type, List<EventDeclaration>> byPayload;
    private readonly Dictionary<string, StreamDeclaration> byDomain;

    /// <summary>Composes the catalogue from the modules of this city.</summary>
    /// <exception cref="InvalidOperationException">Two modules declare one type, or an event has no stream: a bug, found at start.</exception>
    public EventCatalogue(IEnumerable<ICityModule> modules)
    {
        var all = modules.ToList();
        Events = [.. all.SelectMany(module => module.Events).OrderBy(e => e.Type, StringComparer.Ordinal)];
        Consumers = [.. all.SelectMany(module => module.Consumers)];
        byType = Events.ToDictionary(e => e.Type, StringComparer.Ordinal);
        byPayload = Events.GroupBy(e => e.Payload).ToDictionary(group => group.Key, group => group.ToList());
        byDomain = AllStreams
            .SelectMany(stream => stream.Subjects.Select(subject => (Domain: subject[..^2], Stream: stream)))
            .ToDictionary(pair => pair.Domain, pair => pair.Stream, StringComparer.Ordinal);
        Streams = [.. Events.Select(e => e.Domain).Concat(Consumers.SelectMany(c => c.Types).Select(DomainOf)).Select(StreamOf).Distinct().OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    /// <summary>Streams by events: streams and subjects.</summary>
    public static IReadOnlyList<StreamDeclaration> AllStreams { get; } =
    [
        new("STREAM_TEAM", ["team.>"], Year),
        new("STREAM_AUTH", ["auth.>"], Year),
        new("STREAM_WALLET", ["wallet.>"], Year * 7),
        new("STREAM_STAKING", ["staking.>"], Year * 7),
        new("STREAM_PAYOUT", ["payout.>"], Year * 7),
        new("STREAM_RWA", ["rwa.>"], Year * 3),
        new("STREAM_EMBASSY", ["embassy.>"], Year * 3),
        new("STREAM_ORACLE", ["oracle.>"], Year * 3),
        new("STREAM_GOVERNANCE", ["governance.>"], null),
        new("STREAM_ACCESS", ["capability.>", "bundle.>", "access_key.>"], Year * 7),
        new("STREAM_USAGE", ["usage.>"], Year),
        new("STREAM_TELEMETRY", ["telemetry.>"], TimeSpan.FromDays(30)),
        new("STREAM_AUDIT", ["audit.>"], null),
    ];

    /// <summary>The streams that have a publisher or a reaction here.</summary>
    public IReadOnlyList<StreamDeclaration> Streams { get; }

    /// <summary>Every event type.</summary>
    public IReadOnlyList<EventDeclaration> Events { get; }

    /// <summary>Every consumer.</summary>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; }

    /// <summary>The declaration of a payload record; of the type that is named, where several types have this payload.</summary>
    /// <exception cref="InvalidOperationException">The record is not declared by any module, or not of this type: a bug.</exception>
    public EventDeclaration Of(Type payload, string? type = null) =>
        byPayload.TryGetValue(payload, out var declarations)
            && (type is null ? declarations is [var only] ? only : null : declarations.Find(one => string.Equals(one.Type, type, StringComparison.Ordinal))) is { } declaration
            ? declaration
            : throw new InvalidOperationException($"{payload.Name}{(type is null ? string.Empty : $" as {type}")} is not in the event catalogue");

    /// <summary>The declaration of a type, or null.</summary>
    public EventDeclaration? Find(string type) => byType.GetValueOrDefault(type);

    /// <summary>The stream that takes an event.</summary>
    public StreamDeclaration StreamOf(EventDeclaration declaration) => StreamOf(declaration.Domain);

    /// <summary>The first word of an event type, or of a whole domain (<c>team.&gt;</c>).</summary>
    public static string DomainOf(string type) => type[..type.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>The stream that takes a domain's events.</summary>
    public StreamDeclaration StreamOf(string domain) =>
        byDomain.TryGetValue(domain, out var stream) ? stream : throw new InvalidOperationException($"The domain {domain} has no stream");
}
