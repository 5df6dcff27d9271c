using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Daarion.E2E.Running;

/// <summary>A page of the console that a person looks at.</summary>
public sealed class ConsoleScreen
{
    private const string ReadmePicture = "overview-1440-en-dark";
    private readonly List<string> problems = [];

    private ConsoleScreen(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("WebSocket", StringComparison.Ordinal) && !message.Text.Contains("ERR_CONNECTION_REFUSED", StringComparison.Ordinal))
            {
                problems.Add(message.Text);
            }
        };
        page.PageError += (_, error) => problems.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("http://127.0.0.1", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                problems.Add($"asked an outside host: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser complained about: script errors, refused resources, outside hosts.</summary>
    public IReadOnlyList<string> Problems => problems;

    public static async Task<ConsoleScreen> Open(IBrowserContext person, string path)
    {
        var screen = new ConsoleScreen(await person.NewPageAsync());
        await screen.Go(path);
        return screen;
    }

    /// <summary>Opens an address and waits until it is interactive and its skeletons are gone.</summary>
    public async Task Go(string path)
    {
        await Page.GotoAsync(path);
        await Ready();
    }

    /// <summary>Waits until the page listens to the keyboard and shows what it has.</summary>
    public async Task Ready()
    {
        await Assertions.Expect(Page.Locator(".line-state.on, .card").First).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator(".bone, [aria-busy=true]")).ToHaveCountAsync(0);
    }

    /// <summary>The page's heading.</summary>
    public Task<string> Heading() => Page.Locator("h1").First.InnerTextAsync();

    /// <summary>Keeps a picture for people.</summary>
    public async Task Picture(string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "screens")).FullName, $"{name}.png");
        await Page.ScreenshotAsync(new() { Path = path });
        if (name == ReadmePicture && Environment.GetEnvironmentVariable("DAARION_PICTURES") == "1")
        {
            File.Copy(path, Path.Combine(Repository.Root, "docs", "images", "overview.png"), overwrite: true);
        }
    }

    /// <summary>Fails where WCAG 2.2 AA is broken.</summary>
    public async Task IsAccessible(string where) => Assert.Empty(await Broken(where));

    /// <summary>Where WCAG 2.2 AA is broken.</summary>
    public async Task<IReadOnlyList<string>> Broken(string where)
    {
        var result = await Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations], RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        return [.. result.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{where}: {violation.Id}: {node.Html[..Math.Min(160, node.Html.Length)]} — {node.Target}"))];
    }

    /// <summary>How many pixels the page is wider than its window.</summary>
    public Task<int> Overflow() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
