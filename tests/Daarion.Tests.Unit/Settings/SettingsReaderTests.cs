using Daarion.Server.Settings;
using Microsoft.Extensions.Configuration;

namespace Daarion.Tests.Unit.Settings;

public sealed class SettingsReaderTests
{
    private static readonly Dictionary<string, string?> Nothing = [];

    [Fact]
    public void Every_setting_has_a_default()
    {
        var settings = Read();

        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "data"), settings.DataFolder);
        Assert.Equal("http://127.0.0.1:8080/", settings.PublicUrl.ToString());
        Assert.Equal("http://127.0.0.1:8080/", settings.Listen.ToString());
        Assert.Equal("http://127.0.0.1:8081/", settings.InternalListen.ToString());
        Assert.Equal((null, null, 1), (settings.Postgres, settings.Nats, settings.NatsReplicas));
        Assert.Equal((null, null, null), (settings.Smtp, settings.AdminEmail, settings.OtlpEndpoint));
    }

    [Theory]
    [InlineData("0.0.0.0:80", "http://0.0.0.0/")]
    [InlineData("localhost:9000", "http://localhost:9000/")]
    [InlineData("[::1]:9000", "http://[::1]:9000/")]
    [InlineData("http://10.0.0.1:9000", "http://10.0.0.1:9000/")]
    [InlineData("http://10.0.0.1:9000/", "http://10.0.0.1:9000/")]
    [InlineData("*:9000", "http://0.0.0.0:9000/")]
    public void A_listener_is_a_host_and_a_port(string value, string expected) => Assert.Equal(expected, Read(("DAARION_LISTEN", value)).Listen.ToString());

    [Fact]
    public void The_address_people_use_follows_the_listener_where_it_is_not_set() =>
        Assert.Equal("http://127.0.0.1:9000/", Read(("DAARION_LISTEN", "0.0.0.0:9000")).PublicUrl.ToString());

    [Fact]
    public void An_empty_variable_is_as_none() => Assert.Null(Read(("DAARION_POSTGRES", " ")).Postgres);

    [Theory]
    [InlineData("DAARION_DATA", "/etc/passwd")]
    [InlineData("DAARION_PUBLIC_URL", "city.example.org")]
    [InlineData("DAARION_PUBLIC_URL", "ftp://city.example.org")]
    [InlineData("DAARION_PUBLIC_URL", "https://city.example.org/path")]
    [InlineData("DAARION_PUBLIC_URL", "https://user:hunter2@city.example.org")]
    [InlineData("DAARION_LISTEN", "8080")]
    [InlineData("DAARION_LISTEN", "127.0.0.1")]
    [InlineData("DAARION_LISTEN", "127.0.0.1:0")]
    [InlineData("DAARION_LISTEN", "127.0.0.1:65536")]
    [InlineData("DAARION_LISTEN", "127.0.0.1:8080/path")]
    [InlineData("DAARION_LISTEN", "two words:8080")]
    [InlineData("DAARION_LISTEN", "https://127.0.0.1:8080")]
    [InlineData("DAARION_INTERNAL_LISTEN", "::1")]
    [InlineData("DAARION_INTERNAL_LISTEN", "127.0.0.1:8080")]
    [InlineData("DAARION_POSTGRES", "postgres://user:hunter2@db/daarion")]
    [InlineData("DAARION_POSTGRES", "Database=daarion;Password=hunter2")]
    [InlineData("DAARION_POSTGRES", "Host=db;Password=hunter2")]
    [InlineData("DAARION_POSTGRES", "Host=db;Database=daarion;Port=hunter2")]
    [InlineData("DAARION_NATS", "127.0.0.1:4222")]
    [InlineData("DAARION_NATS", "http://user:hunter2@nats:4222")]
    [InlineData("DAARION_NATS", "nats://a:4222,hunter2")]
    [InlineData("DAARION_NATS_REPLICAS", "0")]
    [InlineData("DAARION_NATS_REPLICAS", "six")]
    [InlineData("DAARION_NATS_REPLICAS", "3")]
    [InlineData("DAARION_SMTP", "mail.example.org:25")]
    [InlineData("DAARION_SMTP", "https://user:hunter2@mail.example.org")]
    [InlineData("DAARION_ADMIN_EMAIL", "olena")]
    [InlineData("DAARION_ADMIN_EMAIL", "Olena <olena@example.org>")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317")]
    [InlineData("DAARION_UNAUTHENTICATED_PER_MINUTE", "-1")]
    [InlineData("DAARION_REQUESTS_PER_SECOND", "many")]
    [InlineData("DAARION_CORS_ORIGINS", "https://app.example.org/path")]
    public void A_wrong_value_is_one_line_with_the_variable_and_a_right_example(string variable, string value)
    {
        var wrong = Assert.Throws<SettingException>(() => Read((variable, value)));

        Assert.Equal(ExitCode.Config, wrong.Code);
        Assert.StartsWith(variable + " ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains($"; for example {variable}=", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Message);
        Assert.DoesNotContain("hunter2", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_examples_are_right()
    {
        var settings = Read(
            ("DAARION_DATA", "/var/lib/daarion"),
            ("DAARION_PUBLIC_URL", "https://city.example.org"),
            ("DAARION_POSTGRES", "Host=db.example.org;Database=daarion;Username=daarion;Password=secret"),
            ("DAARION_NATS", "nats://user:secret@nats.example.org:4222"),
            ("DAARION_NATS_REPLICAS", "3"),
            ("DAARION_SMTP", "smtp://user:secret@mail.example.org:587"),
            ("DAARION_ADMIN_EMAIL", "olena@example.org"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"),
            ("DAARION_CORS_ORIGINS", "https://app.example.org, https://other.example.org"));

        Assert.Equal(3, settings.NatsReplicas);
        Assert.Equal(["https://app.example.org", "https://other.example.org"], settings.CorsOrigins);
        Assert.DoesNotContain("secret", $"{settings}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_is_stronger_than_the_environment_and_that_than_the_file()
    {
        using var file = new TemporaryFile("""{ "Daarion": { "PublicUrl": "http://file.example.org", "ADMIN_EMAIL": "file@example.org", "Listen": "127.0.0.1:7000" } }""");

        var settings = SettingsReader.Read(SettingSources.Of(
            [file.Path],
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["DAARION_PUBLIC_URL"] = "http://environment.example.org", ["DAARION_ADMIN_EMAIL"] = "environment@example.org" },
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["ADMIN_EMAIL"] = "line@example.org", ["PUBLIC_URL"] = null }));

        Assert.Equal("http://environment.example.org/", settings.PublicUrl.ToString());
        Assert.Equal("line@example.org", settings.AdminEmail);
        Assert.Equal(7000, settings.Listen.Port);
    }

    [Fact]
    public void A_file_that_is_no_json_is_a_wrong_setting()
    {
        using var file = new TemporaryFile("{ not json");

        var wrong = Assert.Throws<StartException>(() => SettingSources.Of([file.Path], Nothing, Nothing));

        Assert.Equal(ExitCode.Config, wrong.Code);
        Assert.StartsWith("appsettings.json", wrong.Message, StringComparison.Ordinal);
    }

    private static CitySettings Read(params (string Name, string Value)[] environment) => SettingsReader.Read(
        SettingSources.Of([], environment.ToDictionary(pair => pair.Name, pair => (string?)pair.Value, StringComparer.Ordinal), Nothing));

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
