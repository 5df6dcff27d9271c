using System.Net;
using System.Text.Json;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Embedded;

/// <summary>A server that the tests of this class share; each leaves it running.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public ServerProcess Process { get; } = new();

    public Task InitializeAsync() => Process.Start();

    public Task DisposeAsync() => Process.DisposeAsync().AsTask();
}

[Collection(ServerCollection.Name)]
public sealed class RunningServerTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Loopback = "0100007F";
    private const long Megabyte = 1024 * 1024;
    private readonly ServerProcess server = shared.Process;

    [Fact]
    public async Task A_second_server_on_the_folder_is_refused_with_a_sentence()
    {
        await using var second = new ServerProcess(server.Data);

        var (exitCode, _, errors) = await second.Run("up");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            $"Another daarion (process {server.Id}) is running on {server.Data}: stop it first, or give this one a folder of its own with DAARION_DATA.\n", errors);
    }

    [Theory]
    [InlineData("credentials.json")]
    [InlineData(".lock")]
    [InlineData("postgres/pg_hba.conf")]
    [InlineData("nats/nats.conf")]
    [InlineData("run/control.sock")]
    public void Secrets_are_their_owners_alone(string file) =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Data, file)));

    [Fact]
    public void PostgreSQL_listens_on_no_port_and_nats_on_loopback_only()
    {
        Assert.Empty(Children.Listens(Children.Head(server.Data, "postgres", server.Id)));
        Assert.Equal([Loopback], Children.Listens(Children.Head(server.Data, "nats-server", server.Id)));
    }

    [Fact]
    public void At_rest_all_processes_together_take_less_than_600_megabytes() =>
        Assert.InRange(Children.Memory([server.Id, .. Children.In(server.Data)]) / Megabyte, 1, 600);

    [Theory]
    [InlineData("postgres")]
    [InlineData("nats-server")]
    public async Task A_child_that_dies_comes_back(string name)
    {
        var before = Children.Head(server.Data, name, server.Id);

        ServerProcess.Signal(before, "KILL");

        await Eventually.True(() => Children.Heads(server.Data, name, server.Id).Any(id => id != before), $"{name} is there again");
        await Eventually.True(async () => (await server.Run("admin", "operator", "--email", "taras@example.org")).ExitCode == 0, () => "the city works again");
        await server.Ready();
    }

    [Fact]
    public async Task The_link_of_a_new_operator_signs_in()
    {
        var made = await server.RunJson("admin", "operator", "--email", "ivan@example.org");
        using var browser = new HttpClient { BaseAddress = server.PublicUrl };

        using var signedIn = await browser.GetAsync(made.GetProperty("sign_in_url").GetString());
        using var me = await browser.GetAsync("/api/v1/me");

        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal(made.GetProperty("user_id").GetString(), JsonDocument.Parse(await me.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_new_service_key_gets_a_token()
    {
        var key = await server.RunJson("admin", "service-key", "--name", "meter", "--caps", "team.read,team.create");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = key.GetProperty("client_id").GetString()!,
            ["client_secret"] = key.GetProperty("client_secret").GetString()!,
        });

        using var answer = await server.Http.PostAsync(key.GetProperty("token_url").GetString(), form);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_capability_that_the_city_does_not_know_makes_no_key()
    {
        var (exitCode, output, errors) = await server.Run("admin", "service-key", "--name", "meter", "--caps", "team.reed", "--json");

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Contains("team.reed", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_a_running_city_well()
    {
        var output = string.Empty;
        await Eventually.True(
            async () =>
            {
                (var exitCode, output, _) = await server.Run("doctor", "--json");
                return exitCode == 0;
            },
            () => $"the doctor is content: {output}");

        var findings = JsonDocument.Parse(output).RootElement;
        var checks = findings.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("verdict").GetString());
        Assert.All(["city", "database", "migrations", "streams", "clocks"], name => Assert.Equal("ok", checks[name]));
    }

    [Fact]
    public void Neither_passwords_nor_their_files_are_in_the_output()
    {
        var credentials = JsonDocument.Parse(File.ReadAllText(Path.Combine(server.Data, "credentials.json"))).RootElement;

        Assert.All(credentials.EnumerateObject(), secret => Assert.DoesNotContain(secret.Value.GetString()!, server.Output, StringComparison.Ordinal));
    }
}
