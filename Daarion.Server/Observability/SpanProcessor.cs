using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;
using OpenTelemetry;

namespace Daarion.Server.Observability;

/// <summary>Hands finished spans to the telemetry service's own store, beside whatever OpenTelemetry exports.</summary>
internal sealed class SpanProcessor(SpanCollector collector) : BaseProcessor<Activity>
{
    private const int MaxTags = 24;
    private const int MaxTagLength = 256;

    // Statements and addresses may hold what belongs to people; the store keeps ids, figures and names of steps.
    private static readonly HashSet<string> Unkept = new(StringComparer.Ordinal)
    {
        "db.statement", "db.query.text", "db.connection_id", "url.query", "client.address", "network.peer.address", "user_agent.original", "exception.message", "exception.stacktrace",
    };

    public override void OnEnd(Activity data)
    {
        var failed = data.Status == ActivityStatusCode.Error;
        if ((data.Recorded || failed) && collector.Wants(TraceShare.Of(data.TraceId), failed))
        {
            collector.Keep(ToSpan(data, failed));
        }
    }

    private static FinishedSpan ToSpan(Activity activity, bool failed) => new(
        activity.TraceId.ToHexString(),
        activity.SpanId.ToHexString(),
        activity.ParentSpanId == default ? null : activity.ParentSpanId.ToHexString(),
        ServiceOf(activity.Source.Name),
        activity.DisplayName,
        activity.Kind.ToString().ToLowerInvariant(),
        new DateTimeOffset(activity.StartTimeUtc, TimeSpan.Zero),
        activity.Duration,
        failed,
        Tags(activity));

    private static string ServiceOf(string source) => source switch
    {
        _ when source.StartsWith(ServiceMeters.Prefix, StringComparison.Ordinal) => source[ServiceMeters.Prefix.Length..],
        "Npgsql" => "database",
        _ when source.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) => "http",
        _ when source.StartsWith("NATS", StringComparison.Ordinal) => "nats",
        _ => source,
    };

    private static string Tags(Activity activity)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            var count = 0;
            json.WriteStartObject();
            foreach (var (name, value) in activity.EnumerateTagObjects())
            {
                if (value is null || Unkept.Contains(name) || ++count > MaxTags)
                {
                    continue;
                }

                var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
                json.WriteString(name, (text.Length > MaxTagLength ? text[..MaxTagLength] : text).Replace("\0", string.Empty, StringComparison.Ordinal));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
