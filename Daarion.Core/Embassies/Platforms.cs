using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>Whether a platform may deliver.</summary>
public enum PlatformStatus
{
    /// <summary>As usual.</summary>
    Active,

    /// <summary>Everything it sends is refused.</summary>
    Suspended,
}

/// <summary>An outside platform.</summary>
/// <param name="Name">Its short name, what it sends as <c>X-Platform-Id</c>.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Domains">What it may report on: <c>energy</c>.</param>
/// <param name="Status">Whether it may deliver.</param>
/// <param name="RatePerMinute">Requests a minute of each domain.</param>
/// <param name="CreatedAt">When it was let in.</param>
/// <param name="SecretCreatedAt">When its secret was made.</param>
/// <param name="PreviousSecretUntil">Until when the secret before it is still good; null where there is none.</param>
/// <param name="LastDeliveryAt">When it last sent something that was accepted.</param>
/// <param name="Sites">How many sites it has.</param>
/// <param name="HeldReadings">Readings that wait for their site to get a team.</param>
/// <param name="Version">For <c>If-Match</c>.</param>
public sealed record Platform(
    [property: System.Text.Json.Serialization.JsonPropertyName("platform")] string Name,
    [property: System.Text.Json.Serialization.JsonPropertyName("name")] string Title,
    IReadOnlyList<string> Domains,
    PlatformStatus Status,
    int RatePerMinute,
    DateTimeOffset CreatedAt,
    DateTimeOffset SecretCreatedAt,
    DateTimeOffset? PreviousSecretUntil,
    DateTimeOffset? LastDeliveryAt,
    int Sites,
    long HeldReadings,
    int Version);

/// <summary>A platform to let in.</summary>
/// <param name="Platform">Its short name: 2 to 40 of <c>a–z</c>, <c>0–9</c>, <c>-</c>, <c>_</c>.</param>
/// <param name="Name">What people call it; its short name when left out.</param>
/// <param name="Domains">What it may report on; <c>["energy"]</c> when left out.</param>
/// <param name="RatePerMinute">Requests a minute of each domain; 1 200 when left out.</param>
public sealed record CreatePlatform(string Platform, string? Name = null, IReadOnlyList<string>? Domains = null, int? RatePerMinute = null);

/// <summary>A platform that was let in, with its secret: shown this once.</summary>
/// <param name="Platform">Its short name.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Domains">What it may report on.</param>
/// <param name="Secret"><c>whsec_…</c>.</param>
/// <param name="Status">Active.</param>
/// <param name="RatePerMinute">Requests a minute of each domain.</param>
/// <param name="CreatedAt">When.</param>
public sealed record PlatformCreated(string Platform, string Name, IReadOnlyList<string> Domains, string Secret, PlatformStatus Status, int RatePerMinute, DateTimeOffset CreatedAt);

/// <summary>Names a platform.</summary>
public sealed record PlatformRef(string Platform);

/// <summary>What to change of a platform; what is left out stays.</summary>
/// <param name="Platform">Which.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Domains">What it may report on.</param>
/// <param name="RatePerMinute">Requests a minute of each domain.</param>
/// <param name="ExpectedVersion">The version the change was made on.</param>
public sealed record UpdatePlatform(string Platform, string? Name = null, IReadOnlyList<string>? Domains = null, int? RatePerMinute = null, int? ExpectedVersion = null);

/// <summary>A secret to make anew.</summary>
/// <param name="Platform">Whose.</param>
/// <param name="OverlapMinutes">How long the present one stays good: 0 to 1 440.</param>
public sealed record RotateSecret(string Platform, int OverlapMinutes = 1440);

/// <summary>A new secret: shown this once.</summary>
/// <param name="Platform">Whose.</param>
/// <param name="Secret"><c>whsec_…</c>.</param>
/// <param name="PreviousSecretUntil">Until when the one before it is still good.</param>
public sealed record PlatformSecret(string Platform, string Secret, DateTimeOffset? PreviousSecretUntil);

/// <summary>A reading to sign and send in a platform's name.</summary>
/// <param name="Platform">Whose secret signs.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Value">The counter.</param>
/// <param name="Unit">what the city counts the domain in when left out.</param>
/// <param name="Ts">The time of the reading; now when left out.</param>
/// <param name="Style">How it is signed; <c>x_signature</c> when left out.</param>
/// <param name="Domain">What it is about; <c>energy</c> when left out.</param>
public sealed record SendTestReading(
    string Platform, string SiteId, Quantity Value, string? Unit = null, DateTimeOffset? Ts = null, SignatureStyle Style = SignatureStyle.XSignature, string? Domain = null);

/// <summary>What became of a test reading.</summary>
/// <param name="Body">What was signed.</param>
/// <param name="Headers">The headers it was sent with; the signature is of this body at this time only.</param>
/// <param name="Receipt">The answer the platform would have got.</param>
public sealed record TestReadingSent(string Body, IReadOnlyDictionary<string, string> Headers, DeliveryReceipt Receipt);

/// <summary>Asks for a platform's snippets.</summary>
/// <param name="Platform">Which.</param>
/// <param name="SiteId">The site in them; an example name when left out.</param>
/// <param name="Domain">What they report: <c>energy</c>, <c>food</c> or <c>water</c>; the platform's first of these when left out.</param>
public sealed record SnippetsRequest(string Platform, string? SiteId = null, string? Domain = null);

/// <summary>Programs that sign and send a reading. Each reads the secret from the variable <c>DAARION_SECRET</c>.</summary>
/// <param name="Platform">Whose.</param>
/// <param name="Url">Where they send.</param>
/// <param name="Snippets">One for each language.</param>
public sealed record PlatformSnippets(string Platform, string Url, IReadOnlyList<Snippet> Snippets);

/// <summary>One program.</summary>
/// <param name="Language"><c>curl</c>, <c>csharp</c>, <c>python</c>, <c>node</c>.</param>
/// <param name="Title">What people call it.</param>
/// <param name="FileName">A name to save it under.</param>
/// <param name="Command">What runs it.</param>
/// <param name="Code">The program.</param>
public sealed record Snippet(string Language, string Title, string FileName, string Command, string Code);
