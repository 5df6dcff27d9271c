using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Server.Gateway;
using Daarion.Testing;
using Daarion.Tests.Integration.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>JSON answers come in one piece with their length, long ones as they are written, broken ones not at all.</summary>
public sealed class WholeAnswerTests : IAsyncLifetime
{
    private readonly Uri address = LoopbackPort.FreeAddress();
    private readonly HttpClient http = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        app = builder.Build();
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (InvalidOperationException e) when (!context.Response.HasStarted)
            {
                context.Response.Clear();
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                await context.Response.WriteAsync(e.Message);
            }
        });
        app.UseMiddleware<WholeAnswerDoor>();
        app.MapGet("/json/{size:int}", (int size) => TypedResults.Ok(new string('x', size)));
        app.MapGet("/many/{count:int}", (int count) => TypedResults.Ok(Enumerable.Range(0, count).Select(i => new string('y', 1000) + i)));
        app.MapGet("/broken", () => TypedResults.Ok(Enumerable.Range(0, 3).Select(i => i < 2 ? i : throw new InvalidOperationException("It broke in the middle"))));
        app.MapGet("/text", () => TypedResults.Text("plain"));
        app.MapGet("/nothing", () => TypedResults.NoContent());
        await app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("/json/0", 2)]
    [InlineData("/json/10", 12)]
    [InlineData("/json/5000", 5_002)]
    [InlineData("/json/65534", 65_536)]
    [InlineData("/text", 5)]
    public async Task A_short_answer_says_how_long_it_is(string path, int length)
    {
        using var answer = await http.GetAsync(new Uri(address, path), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(length, answer.Content.Headers.ContentLength);
        Assert.NotEqual(true, answer.Headers.TransferEncodingChunked);
        Assert.Equal(length, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    [Theory]
    [InlineData("/json/65535", 65_535)]
    [InlineData("/json/3000000", 3_000_000)]
    public async Task A_long_answer_is_whole_all_the_same(string path, int length)
    {
        Assert.Equal(length, (await http.GetFromJsonAsync<string>(new Uri(address, path)))!.Length);
    }

    [Fact]
    public async Task What_is_written_piece_by_piece_keeps_its_order()
    {
        var list = (await http.GetFromJsonAsync<List<string>>(new Uri(address, "/many/500")))!;
        Assert.Equal(Enumerable.Range(0, 500).Select(i => new string('y', 1000) + i), list);
    }

    [Fact]
    public async Task An_answer_that_breaks_while_it_is_written_is_not_sent_in_part()
    {
        using var answer = await http.GetAsync(new Uri(address, "/broken"));
        Assert.Equal((HttpStatusCode.InternalServerError, "It broke in the middle"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Nothing_stays_nothing()
    {
        using var answer = await http.GetAsync(new Uri(address, "/nothing"));
        Assert.Equal((HttpStatusCode.NoContent, 0), (answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync()).Length));
    }
}

/// <summary>So it is in the city.</summary>
[Collection(CityCollection.Name)]
public sealed class WholeAnswersOfTheCityTests(CityFixture city)
{
    [Fact]
    public async Task The_api_answers_with_a_length()
    {
        using var key = await city.ServiceClient("team.read");
        using var answer = await key.GetAsync("/internal/v1/team", HttpCompletionOption.ResponseHeadersRead);
        var body = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal((HttpStatusCode.OK, (long?)body.Length), (answer.StatusCode, answer.Content.Headers.ContentLength));
        Assert.Equal(JsonValueKind.Array, JsonDocument.Parse(body).RootElement.GetProperty("items").ValueKind);
    }
}
