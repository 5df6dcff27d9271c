using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Daarion.E2E.Running;

/// <summary>A page of the console that a person looks at.</summary>
public sealed class ConsoleScreen
{
    private const string ReadmePicture = "overview-1440-en-dark";
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
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

    /// <summary>
    /// Goes to an address as a link inside the console does, without loading the document anew, and waits until the page there shows what it has. Only to
    /// another kind of page: one that stays and shows something else cannot be told from one that has not changed yet.
    /// </summary>
    public async Task Follow(string path)
    {
        // A page that was left takes its heading along: what is without the mark belongs to the page that came.
        await Page.EvaluateAsync("path => { document.querySelector('h1').dataset.left = ''; daarion.go(path); }", path);
        await Page.WaitForURLAsync(url => new Uri(url).PathAndQuery == path);
        await Assertions.Expect(Page.Locator("h1[data-left]")).ToHaveCountAsync(0);
        await Assertions.Expect(Page.Locator("h1")).ToBeVisibleAsync();
        await Ready();
    }

    /// <summary>Waits until the page listens to the keyboard and shows what it has.</summary>
    public async Task Ready()
    {
        await Assertions.Expect(Page.Locator(".line-state.on, .card").First).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator(".bone, [aria-busy=true]")).ToHaveCountAsync(0);
    }

    /// <summary>Chooses a language where the page speaks another.</summary>
    public async Task Speak(string language)
    {
        if (await Page.GetAttributeAsync("html", "lang") != language)
        {
            await Page.Locator($"header button[lang={language}]").ClickAsync();
            await Assertions.Expect(Page.Locator("html")).ToHaveAttributeAsync("lang", language);
            await Ready();
        }
    }

    /// <summary>The page's heading.</summary>
    public Task<string> Heading() => Page.Locator("h1").First.InnerTextAsync();

    /// <summary>Keeps a picture for people who asked for pictures.</summary>
    public async Task Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("DAARION_PICTURES") != "1")
        {
            return;
        }

        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "screens")).FullName, $"{name}.png");
        await Page.ScreenshotAsync(new() { Path = path });
        if (name == ReadmePicture)
        {
            File.Copy(path, Path.Combine(Repository.Root, "docs", "images", "overview.png"), overwrite: true);
        }
    }

    /// <summary>Fails where WCAG 2.2 AA is broken.</summary>
    public async Task IsAccessible(string where) => Assert.Empty(await Broken(where));

    /// <summary>Where WCAG 2.2 AA is broken.</summary>
    public async Task<IReadOnlyList<string>> Broken(string where)
    {
        // Axe's own bindings look into frames, which the console has none of, and open a window of their own for each answer; here it stays in the page.
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await Page.EvaluateAsync(Axe);
        }

        var found = await Page.EvaluateAsync<string[]>(
            """
            async tags => {
              const { violations } = await axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: tags } });
              const inLinks = [...document.querySelectorAll("a a, a button")].map(inner => `a link within a link: ${inner.outerHTML.slice(0, 160)}`);
              return violations.flatMap(broken => broken.nodes.map(node => `${broken.id}: ${node.html.slice(0, 160)} — ${node.target}`)).concat(inLinks);
            }
            """,
            Rules);
        return [.. found.Select(broken => $"{where}: {broken}")];
    }

    /// <summary>How many pixels the page is wider than its window.</summary>
    public Task<int> Overflow() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
