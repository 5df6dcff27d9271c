using System.CommandLine;
using Daarion.Core.Embassies;
using Daarion.Server.Cli.Control;
using Daarion.Server.Demo;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli;

/// <summary><c>daarion demo</c>: fills an empty running city, then keeps a meter sending until it is stopped.</summary>
internal sealed class DemoCommand : Command
{
    private static readonly Option<bool> Once = new("--once") { Description = "Fill the city and end, without the live meter." };

    public DemoCommand()
        : base("demo", "Fills an empty running city with believable people, teams and readings, then keeps a meter sending live.")
    {
        Add(Once);
        SetAction(Run);
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var settings = SettingOptions.Settings(parsed);
        if (!City.IsRunning(settings))
        {
            throw new StartException(ExitCode.Failed, $"No city is running on {settings.DataFolder}: start it first with ./daarion up, then run this in a second terminal.");
        }

        var city = new City(settings);
        var key = await city.Run<DemoKey>(BorrowDemoKeyCommand.CommandName, new DemoKeyArguments(), ct);
        using var demo = new DemoCity(DemoAccess.To(settings, key.ClientId, key.ClientSecret), TimeProvider.System, new Line());
        DemoFilled filled;
        try
        {
            filled = await demo.Fill(ct);
        }
        finally
        {
            await GiveBack(city, settings, key);
        }

        Output.Print(parsed, filled, Sentence(filled, settings));
        if (parsed.GetValue(Once))
        {
            return ExitCode.Ok;
        }

        await Live(demo, ct);
        return ExitCode.Ok;
    }

    // Also after Ctrl C; a city that has gone meanwhile lets the key run out.
    private static async Task GiveBack(City city, CitySettings settings, DemoKey key)
    {
        if (City.IsRunning(settings))
        {
            await city.Run<DemoKeyReturned>(ReturnDemoKeyCommand.CommandName, new DemoKeyReturned(key.ClientId), CancellationToken.None);
        }
    }

    private static async Task Live(DemoCity demo, CancellationToken ct)
    {
        await Console.Error.WriteLineAsync($"The meter {DemoMarks.LiveSite} sends every five seconds. Ctrl C stops it.".AsMemory(), ct);
        try
        {
            await demo.Live(reading => Console.Error.WriteLine($"{reading.Ts:HH:mm:ss}  {DemoMarks.LiveSite}  {reading.Total} kWh"), Console.Error.WriteLine, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("The meter is quiet.");
        }
    }

    private static string Sentence(DemoFilled filled, CitySettings settings) => filled.WasThere
        ? "The demonstration is in this city already; its meter goes on."
        : $"""
           {filled.People} people in {filled.Teams} teams, {filled.Sites} meters, {filled.Readings} readings, {filled.Claimed} payouts claimed.
           One meter has no team yet: give it to one under RWA & Embassy and watch its readings flow on.
           Look at it: {settings.PublicUrl}
           """;

    /// <summary>One line that moves on, where a terminal looks at it.</summary>
    private sealed class Line : IProgress<DemoProgress>
    {
        public void Report(DemoProgress value)
        {
            if (Console.IsErrorRedirected)
            {
                return;
            }

            var end = value.Done >= value.Total ? "\n" : string.Empty;
            Console.Error.Write($"\r{100 * value.Done / value.Total,3} %  {value.Name ?? Doing(value.Part),-40}{end}");
        }

        private static string Doing(DemoPart part) => part switch
        {
            DemoPart.Payouts => "Readings have become payouts",
            DemoPart.Claims => "Payouts are claimed",
            _ => part.ToString(),
        };
    }
}
