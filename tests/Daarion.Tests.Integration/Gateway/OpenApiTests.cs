using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>The OpenAPI documents are whole; their style is checked by spectral, which <c>./daarion test</c> runs on what is written here.</summary>
[Collection(CityCollection.Name)]
public sealed class OpenApiTests(CityFixture city)
{
    [Theory]
    [InlineData("public")]
    [InlineData("internal")]
    public async Task A_document_describes_every_operation_of_its_listener(string name)
    {
        var document = await Document(name);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        var missing = Endpoints.Of(city.Services).Where(operation => operation.Listener.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)).Select(operation => operation.ToString()).Where(operation => !described.Contains(operation));

        Assert.Empty(missing);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Artifacts(), $"openapi-{name}.json"), document.GetRawText());
    }

    [Theory]
    [InlineData("public")]
    [InlineData("internal")]
    public async Task Every_operation_says_what_it_does_what_it_needs_and_how_it_fails(string name)
    {
        var operations = (await Document(name)).GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, operation.Value)));

        Assert.All(operations.Where(one => !one.Path.StartsWith("/health", StringComparison.Ordinal)), one =>
        {
            Assert.False(string.IsNullOrWhiteSpace(one.Value.GetProperty("summary").GetString()), one.Path);
            Assert.False(string.IsNullOrWhiteSpace(one.Value.GetProperty("operationId").GetString()), one.Path);
            Assert.True(one.Value.GetProperty("responses").TryGetProperty("500", out _), one.Path);
            Assert.True(!one.Value.TryGetProperty("security", out var security) || security.GetArrayLength() == 0 || one.Value.TryGetProperty("x-daarion-capability", out _), one.Path);
        });
    }

    [Fact]
    public async Task The_reference_page_needs_nothing_from_outside()
    {
        var page = await city.Public.GetStringAsync("/docs");
        using var script = await city.Public.GetAsync("/docs/scalar.js");

        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.True(script.IsSuccessStatusCode);
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
    }

    private Task<JsonElement> Document(string name) => (name == "public" ? city.Public : city.Internal).GetFromJsonAsync<JsonElement>($"/openapi/{name}.json");

    private static string Artifacts()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Daarion.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run from a checkout of the project.");
        }

        return Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts")).FullName;
    }
}
