using System.Diagnostics;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Embedded;

[Collection(ServerCollection.Name)]
public sealed class StartAndStopTests
{
    private static readonly TimeSpan CleanStop = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_city_starts_on_an_empty_folder_stops_cleanly_and_starts_again()
    {
        await using var server = new ServerProcess();

        await server.Start();
        var asked = Stopwatch.GetTimestamp();
        var exitCode = await server.Stop();
        var stop = Stopwatch.GetElapsedTime(asked);
        await server.Start();

        Assert.Equal(0, exitCode);
        Assert.InRange(stop, TimeSpan.Zero, CleanStop);
        Assert.Equal("shut down", await StateAfterStop(server));
    }

    [Fact]
    public async Task No_child_outlives_a_killed_server_and_the_next_start_finds_everything()
    {
        await using var server = new ServerProcess();
        await server.Start();
        var made = (await server.RunJson("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString();
        Assert.NotEmpty(Children.In(server.Data, "nats-server"));
        Assert.True(Children.In(server.Data, "postgres").Count > 3);

        await server.Kill();
        await Eventually.True(() => Children.In(server.Data).Count == 0, "no child is left", AtOnce);
        await server.Start();

        Assert.Equal(made, (await server.RunJson("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString());
    }

    [Fact]
    public async Task A_server_killed_while_it_starts_leaves_no_child_and_no_half_made_database()
    {
        await using var server = new ServerProcess();
        server.Launch();
        await Eventually.True(() => Children.In(server.Data).Count > 0, "the first child is there");

        await server.Kill();
        await Eventually.True(() => Children.In(server.Data).Count == 0, "no child is left", AtOnce);

        await server.Start();
    }

    [Fact]
    public async Task A_number_that_another_process_got_since_does_not_keep_the_database_from_starting()
    {
        await using var server = new ServerProcess();
        await server.Start();
        await server.Kill();
        await Eventually.True(() => Children.In(server.Data).Count == 0, "no child is left", AtOnce);
        await File.WriteAllTextAsync(Path.Combine(server.Data, "postgres", "postmaster.pid"), $"{Environment.ProcessId}\n{server.Data}/postgres\n");

        await server.Start();

        Assert.NotEmpty(Children.In(server.Data, "postgres"));
    }

    [Fact]
    public async Task The_path_of_the_folder_may_be_longer_than_the_address_of_a_socket()
    {
        var root = Directory.CreateTempSubdirectory("daarion-long-");
        try
        {
            await using var server = new ServerProcess(Path.Combine(root.FullName, new string('d', 120)));

            await server.Start();

            Assert.Equal("olena@example.org", (await server.RunJson("admin", "operator", "--email", "olena@example.org")).GetProperty("email").GetString());
            var exitCode = await server.Stop();
            Assert.True(exitCode == 0, server.Output);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    // pg_controldata is PostgreSQL's own word on whether the next start has to recover anything.
    private static async Task<string> StateAfterStop(ServerProcess server)
    {
        await server.Stop();
        var tool = Directory.EnumerateFiles("/usr/lib/postgresql", "pg_controldata", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        using var control = Process.Start(new ProcessStartInfo(tool, [Path.Combine(server.Data, "postgres")]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var text = await control.StandardOutput.ReadToEndAsync();
        await control.WaitForExitAsync();
        return text.Split('\n').Single(line => line.StartsWith("Database cluster state:", StringComparison.Ordinal)).Split(':')[1].Trim();
    }
}
