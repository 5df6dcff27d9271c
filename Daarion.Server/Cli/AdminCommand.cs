using System.CommandLine;
using Daarion.Server.Cli.Admin;
using Daarion.Server.Cli.Control;

namespace Daarion.Server.Cli;

/// <summary><c>daarion admin …</c>: what an operator does from the machine itself, whether the city runs or not.</summary>
internal sealed class AdminCommand : Command
{
    public AdminCommand()
        : base("admin", "Makes operators and service keys, whether the city runs or not.")
    {
        Add(new AdminOperatorCommand());
        Add(new AdminServiceKeyCommand());
    }
}

/// <summary><c>daarion admin operator --email E</c>.</summary>
internal sealed class AdminOperatorCommand : Command
{
    private static readonly Option<string> Email = new("--email") { Description = "The address of the person.", Required = true, HelpName = "address" };

    public AdminOperatorCommand()
        : base("operator", "Makes a person an operator of the city and prints a link that signs in once.")
    {
        Add(Email);
        SetAction(Run);
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var arguments = new OperatorArguments(parsed.GetRequiredValue(Email));
        var made = await new City(SettingOptions.Settings(parsed)).Run<OperatorAnswer>(MakeOperatorCommand.CommandName, arguments, ct);
        return Output.Print(parsed, made, $"{made.Email} is an operator of the city. Sign in once, within ten minutes:\n{made.SignInUrl}");
    }
}

/// <summary><c>daarion admin service-key --name N --caps a,b</c>.</summary>
internal sealed class AdminServiceKeyCommand : Command
{
    private static readonly Option<string> KeyName = new("--name") { Description = "What people call the key.", Required = true, HelpName = "name" };
    private static readonly Option<string> Capabilities = new("--caps") { Description = "What it holds, with commas between.", Required = true, HelpName = "a,b" };

    public AdminServiceKeyCommand()
        : base("service-key", "Makes a service key for the internal listener and prints its secret, once.")
    {
        Add(KeyName);
        Add(Capabilities);
        SetAction(Run);
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var arguments = new ServiceKeyArguments(
            parsed.GetRequiredValue(KeyName), parsed.GetRequiredValue(Capabilities).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var made = await new City(SettingOptions.Settings(parsed)).Run<ServiceKeyAnswer>(MakeServiceKeyCommand.CommandName, arguments, ct);
        return Output.Print(parsed, made, $"client_id      {made.ClientId}\nclient_secret  {made.ClientSecret}\ntoken_url      {made.TokenUrl}\nThe secret is shown this once.");
    }
}
