using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Embedded;

[Collection(ServerCollection.Name)]
public sealed class CommandTests
{
    [Fact]
    public async Task A_city_that_does_not_run_is_woken_for_a_command()
    {
        await using var server = new ServerProcess();

        var before = await server.RunJson("admin", "operator", "--email", "olena@example.org");
        Assert.Empty(Children.In(server.Data));
        await server.Start();
        var after = await server.RunJson("admin", "operator", "--email", "olena@example.org");

        Assert.Equal(before.GetProperty("user_id").GetString(), after.GetProperty("user_id").GetString());
    }

    [Fact]
    public async Task Migrating_says_what_was_applied_and_the_second_time_nothing()
    {
        await using var server = new ServerProcess();

        var first = await server.RunJson("migrate");
        var second = await server.RunJson("migrate");

        Assert.Contains("Outbox/0001_outbox.sql", first.GetProperty("applied").EnumerateArray().Select(name => name.GetString()));
        Assert.Empty(second.GetProperty("applied").EnumerateArray());
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_78_and_one_line()
    {
        await using var server = new ServerProcess();

        var (exitCode, output, errors) = await server.Run("up", "--listen", "nowhere");

        Assert.Equal(78, exitCode);
        Assert.Empty(output);
        Assert.Equal("DAARION_LISTEN is not a host and a port from 1 to 65535; for example DAARION_LISTEN=127.0.0.1:8080\n", errors);
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_is_one_line_too()
    {
        await using var server = new ServerProcess();
        await server.RunJson("migrate");
        var folder = new DirectoryInfo(server.Data).EnumerateDirectories("postgres*").First();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "PG_VERSION"), "nonsense");

        var (exitCode, _, errors) = await server.Run("migrate");

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cors-origins", "nowhere", "DAARION_CORS_ORIGINS")]
    [InlineData("--log-format", "xml", "DAARION_LOG_FORMAT")]
    [InlineData("--trusted-proxies", "everybody", "DAARION_TRUSTED_PROXIES")]
    [InlineData("--requests-per-second", "many", "DAARION_REQUESTS_PER_SECOND")]
    [InlineData("--unauthenticated-per-minute", "-1", "DAARION_UNAUTHENTICATED_PER_MINUTE")]
    public async Task Every_setting_is_an_option_and_is_checked(string option, string value, string name)
    {
        await using var server = new ServerProcess();

        var (exitCode, _, errors) = await server.Run("doctor", option, value);

        Assert.Equal(78, exitCode);
        Assert.StartsWith(name, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("upp")]
    [InlineData("up", "--colour")]
    [InlineData("admin", "operator")]
    public async Task A_wrong_usage_ends_with_64(params string[] arguments)
    {
        await using var server = new ServerProcess();

        var (exitCode, _, errors) = await server.Run(arguments);

        Assert.Equal(64, exitCode);
        Assert.Contains("--help", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("up", "--help")]
    [InlineData("admin", "service-key", "--help")]
    [InlineData("doctor", "--help")]
    public async Task Every_command_explains_itself(params string[] arguments)
    {
        await using var server = new ServerProcess();

        var (exitCode, output, _) = await server.Run(arguments);

        Assert.Equal(0, exitCode);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }
}
