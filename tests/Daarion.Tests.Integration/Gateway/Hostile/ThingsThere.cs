using System.Text;
using Daarion.Core.Auth;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>What hostile requests may be about: a team with its Owner, a platform with a site, a key, all new for a wave, because an earlier one may have taken them apart.</summary>
internal sealed class ThingsThere
{
    private readonly Dictionary<string, string> names;

    private ThingsThere(Dictionary<string, string> names, OutsidePlatform platform) => (this.names, Platform) = (names, platform);

    /// <summary>The platform, to sign for it.</summary>
    public OutsidePlatform Platform { get; }

    public static async Task<ThingsThere> Make(CityFixture city)
    {
        var (team, owner) = await city.NewTeam();
        var @operator = await city.NewOperator();
        var platform = await OutsidePlatform.LetIn(city, @operator, team.Id, "A");
        var site = (await city.Get<IEmbassyService>().ListIdentities(@operator.Caller, new IdentityQuery(platform.Name), default)).Items[0];
        var key = await city.Get<IServiceKeyService>().Create(CityFixture.Service(ServiceName.Auth), new CreateServiceKey(city.Unique("key"), ["team.read"]), default);
        return new ThingsThere(
            new(StringComparer.Ordinal)
            {
                ["~t_~"] = team.Id.Value,
                ["~u_~"] = owner.Id.Value,
                ["~emb_~"] = site.Id.Value,
                ["~ak_~"] = key.ClientId.Value,
                ["~platform~"] = platform.Name,
                ["~email~"] = owner.Email,
                ["~name~"] = city.Unique("name"),
            },
            platform);
    }

    /// <summary>A text with what there is in place of its names; ids of what there is not name nothing.</summary>
    public string Name(string text)
    {
        if (!text.Contains('~', StringComparison.Ordinal))
        {
            return text;
        }

        foreach (var (name, value) in names)
        {
            text = text.Replace(name, value, StringComparison.Ordinal);
        }

        return text.Replace("_~", "_01dxf6dt000000000000000000", StringComparison.Ordinal).Replace("~", string.Empty, StringComparison.Ordinal);
    }

    /// <inheritdoc cref="Name(string)"/>
    public byte[] Name(byte[] text) => text.AsSpan().Contains((byte)'~') && System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetBytes(Name(Encoding.UTF8.GetString(text))) : text;
}
