using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Server.Cli.Control;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli.Admin;

/// <summary>Whom to make an operator.</summary>
internal sealed record OperatorArguments(string Email);

/// <summary>The operator, and a link that signs in once.</summary>
internal sealed record OperatorAnswer(UserId UserId, string Email, Uri SignInUrl);

/// <summary>Makes a person an operator of the city.</summary>
internal sealed class MakeOperatorCommand(IOperatorService operators, CitySettings settings) : CityCommand<OperatorArguments, OperatorAnswer>
{
    public const string CommandName = "operator";

    protected override async Task<OperatorAnswer> Run(OperatorArguments arguments, CancellationToken ct)
    {
        var made = await operators.Make(
            Caller.ForService(ServiceName.Auth, "cli:admin-operator"), new MakeOperator(arguments.Email, TeamRole.Guardian, WithSignInLink: true), ct);
        return new OperatorAnswer(made.UserId, made.Email, new Uri(settings.PublicUrl, $"/auth/magic?token={made.SignInToken}"));
    }
}
