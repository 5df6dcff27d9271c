using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>A POST with a key takes effect once (contracts §5).</summary>
[Collection(CityCollection.Name)]
public sealed class IdempotencyTests(CityFixture city)
{
    private static readonly string[] Capabilities = ["team.read"];
    private string? owner;

    [Fact]
    public async Task A_repeat_gives_the_first_answer_again()
    {
        using var key = await city.ServiceClient("team.create");
        var (idempotencyKey, name) = (city.Unique("key"), city.Unique("Сад"));

        using var first = await Create(key, idempotencyKey, name);
        using var second = await Create(key, idempotencyKey, name);

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_a_mismatch()
    {
        using var key = await city.ServiceClient("team.create");
        var idempotencyKey = city.Unique("key");
        await Create(key, idempotencyKey, city.Unique("Сад"));

        using var other = await Create(key, idempotencyKey, city.Unique("Гай"));

        await DoorTests.IsProblem(other, HttpStatusCode.UnprocessableEntity, "idempotency_mismatch");
    }

    [Fact]
    public async Task The_same_key_of_another_caller_is_another_key()
    {
        using var one = await city.ServiceClient("team.create");
        using var two = await city.ServiceClient("team.create");
        var (idempotencyKey, name) = (city.Unique("key"), city.Unique("Сад"));

        var first = await Id(await Create(one, idempotencyKey, name));
        var second = await Id(await Create(two, idempotencyKey, name));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Of_many_at_once_one_takes_effect()
    {
        using var key = await city.ServiceClient("team.create");
        var (idempotencyKey, name) = (city.Unique("key"), city.Unique("Сад"));

        owner = (await city.NewPerson()).Id.Value;

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Create(key, idempotencyKey, name)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        var ids = await Task.WhenAll(answers.Select(Id));
        Assert.Single(ids.Distinct(StringComparer.Ordinal));
        Assert.Equal(answers.Length - 1, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
    }

    [Fact]
    public async Task A_refused_request_may_be_sent_again_when_it_is_allowed()
    {
        using var mayNot = await city.ServiceClient("team.read");
        var idempotencyKey = city.Unique("key");

        using var first = await Create(mayNot, idempotencyKey, city.Unique("Сад"));
        using var second = await Create(mayNot, idempotencyKey, city.Unique("Гай"));

        await DoorTests.IsProblem(first, HttpStatusCode.Forbidden, "forbidden");
        await DoorTests.IsProblem(second, HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_secret_that_is_shown_once_is_not_kept_for_a_repeat()
    {
        using var key = await city.ServiceClient("auth.service_key.manage", "team.read");
        var (idempotencyKey, name) = (city.Unique("key"), city.Unique("robot"));
        using var first = await Post(key, "/internal/v1/auth/service-key", idempotencyKey, new { name, capabilities = Capabilities });
        var secret = JsonDocument.Parse(await first.Content.ReadAsStringAsync()).RootElement.GetProperty("client_secret").GetString()!;

        using var second = await Post(key, "/internal/v1/auth/service-key", idempotencyKey, new { name, capabilities = Capabilities });

        var problem = await DoorTests.IsProblem(second, HttpStatusCode.Conflict, "conflict");
        Assert.Equal("secret_shown_once", problem.GetProperty("reason").GetString());
        await using var connection = await city.OpenDatabase();
        await using var look = new NpgsqlCommand("select count(*) from outbox.idempotency_keys where position($1::bytea in coalesce(body, '')) > 0", connection);
        look.Parameters.Add(new() { Value = System.Text.Encoding.UTF8.GetBytes(secret) });
        Assert.Equal(0L, await look.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_that_is_no_key_is_refused(int length)
    {
        var idempotencyKey = new string('k', length);
        using var key = await city.ServiceClient("team.create");

        using var answer = await Create(key, idempotencyKey, city.Unique("Сад"));

        await DoorTests.IsProblem(answer, HttpStatusCode.BadRequest, "invalid_payload", "Idempotency-Key");
    }

    [Fact]
    public async Task A_request_whose_commit_was_cut_off_is_not_run_again()
    {
        using var key = await city.ServiceClient("team.create");
        var (idempotencyKey, name) = (city.Unique("key"), city.Unique("Сад"));
        await using var connection = await city.OpenDatabase();
        await Execute(connection, $"""
            create function pg_temp_cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
            create constraint trigger cut after insert on teams.teams deferrable initially deferred for each row when (new.name = '{name}') execute function pg_temp_cut();
            """);

        using var cut = await Create(key, idempotencyKey, name);
        await Execute(connection, "drop trigger cut on teams.teams; drop function pg_temp_cut()");
        using var repeat = await Create(key, idempotencyKey, name);

        await DoorTests.IsProblem(cut, HttpStatusCode.ServiceUnavailable, "unavailable");
        var problem = await DoorTests.IsProblem(repeat, HttpStatusCode.Conflict, "conflict");
        Assert.Equal("outcome_unknown", problem.GetProperty("reason").GetString());
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<HttpResponseMessage> Create(HttpClient client, string idempotencyKey, string name)
    {
        owner ??= (await city.NewPerson()).Id.Value;
        return await Post(client, "/internal/v1/team/create", idempotencyKey, new { name, mode = "public", owner_user_id = owner });
    }

    private static async Task<HttpResponseMessage> Post(HttpClient client, string address, string idempotencyKey, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return await client.SendAsync(request);
    }

    private static async Task<string> Id(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;
}
