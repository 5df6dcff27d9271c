using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Daarion.Server.Gateway;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>Bodies and values that have broken servers before, one by one; generated ones are in <c>Hostile</c>.</summary>
[Collection(CityCollection.Name)]
public sealed class HostileInputTests(CityFixture city)
{
    private const int AtOnce = 8;

    private static readonly byte[][] NoRequests =
    [
        .. ((string[])
        [
            "null", "1", "\"x\"", "[]", "[{}]", "{", "}", "{}x", "{\"\"}", "{\"a\"}", "{'a':1}", "{\"a\":1,}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":01}", "{\"a\":1e999}", "{\"a\":\"\\u0000\"}",
            "{\"a\":\"\\ud800\"}", "{\"a\":\"\\x\"}", "{\"__proto__\":{}}", "{\"$ref\":\"#\"}", "{\"$type\":\"System.Object\"}", "//{}", "<xml/>", "a=b", "\u0001", "{\"a\":1}{\"a\":1}",
        ]).Select(Encoding.UTF8.GetBytes),
        Encoding.UTF8.GetBytes(new string('[', 5000)),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200)),
        [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D],
        [0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
        [0],
    ];

    private static readonly string[] HostileValues =
    [
        "null", "true", "-1", "9223372036854775808", "1e400", "99999999999999999999999999999", "[]", "[null]", "{\"a\":{\"b\":[]}}", "\"\"", "\"NaN\"", "\"99999999999999999999.999999999\"", "\"-12.5\"",
        "\"t_city\"", "\"'; drop table teams.teams; --\"", "\"%\\\\_\"", "\"\\u202e\\u0301\\ud83c\\uddfa\"", "\"9999-12-31T23:59:59.999Z\"", "\"\\r\\nX-Evil: 1\"",
    ];

    [Fact]
    public async Task What_is_no_request_is_refused_everywhere_and_changes_nothing()
    {
        using var key = await Almighty();
        var (browser, _) = await city.Browser();
        var before = await Rows();

        await ForAll(Operations().Where(operation => operation.Request is not null && InputReader.TakesBody(operation.Method)), async operation =>
        {
            foreach (var body in NoRequests)
            {
                using var answer = await Send(operation, key, browser, operation.Address(name => Endpoints.RouteValue(operation, name)), content: body);
                Expect(operation, answer, Encoding.UTF8.GetString(body), mayPass: false);
            }
        });

        Assert.Equal(before, await Rows());
    }

    [Fact]
    public async Task A_hostile_value_in_any_field_is_taken_or_refused_and_never_breaks_anything()
    {
        using var key = await Almighty();
        var (browser, _) = await city.Browser();

        await ForAll(Operations().Where(operation => operation.Request is not null && InputReader.TakesBody(operation.Method)), async operation =>
        {
            foreach (var name in Endpoints.SampleBody(operation).Select(member => member.Key).ToList())
            {
                foreach (var value in HostileValues.Append($"\"{new string('ї', 10_000)}\""))
                {
                    var body = Endpoints.SampleBody(operation);
                    body.Remove(name);
                    var text = body.ToJsonString() is { Length: > 2 } rest ? $"{rest[..^1]},\"{name}\":{value}}}" : $"{{\"{name}\":{value}}}";
                    using var answer = await Send(operation, key, browser, operation.Address(part => Endpoints.RouteValue(operation, part)), content: Encoding.UTF8.GetBytes(text));
                    Expect(operation, answer, text, mayPass: true);
                }
            }
        });
    }

    private IEnumerable<MappedOperation> Operations() => Endpoints.Of(city.Services);

    private async Task<HttpClient> Almighty() => await city.AlmightyKey();

    private static Task ForAll(IEnumerable<MappedOperation> operations, Func<MappedOperation, Task> check) =>
        Parallel.ForEachAsync(operations, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (operation, _) => await check(operation));

    private static async Task<HttpResponseMessage> Send(
        MappedOperation operation, HttpClient key, HttpClient browser, string address, byte[]? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), new Uri(address, UriKind.Relative));
        if (content is not null)
        {
            request.Content = new ByteArrayContent(content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await (operation.Listener == Listener.Internal ? key : browser).SendAsync(request);
    }

    private void Expect(MappedOperation operation, HttpResponseMessage answer, string input, bool mayPass)
    {
        var status = (int)answer.StatusCode;
        var said = input.Length > 200 ? input[..200] + "…" : input;
        Assert.True(status < 500, $"{operation} answers {status} to {said}\n{answer.Content.ReadAsStringAsync().Result}\n{city.Log}");
        Assert.True(mayPass || status >= 400, $"{operation} takes {said}");
        if (status >= 400)
        {
            var body = answer.Content.ReadAsStringAsync().Result;
            Assert.True(body.Length == 0 || JsonDocument.Parse(body).RootElement.TryGetProperty("code", out _), $"{operation} answers {status} without a code to {said}: {body}");
            Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        }
    }

    // What only requests change; reactions to earlier tests' events may still move the rest.
    private async Task<string> Rows()
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand("""
            select (select count(*) from teams.teams) || ' ' || (select count(*) from teams.team_members) || ' ' || (select count(*) from teams.team_invitations)
              || ' ' || (select coalesce(sum(version), 0) from teams.teams) || ' ' || (select count(*) from embassy.embassy_platforms)
            """, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
