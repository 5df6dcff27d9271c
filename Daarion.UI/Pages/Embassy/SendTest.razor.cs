using System.Globalization;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>Signs a reading as the platform would and sends it the same way, so that nobody must compute a signature by hand.</summary>
public sealed partial class SendTest
{
    private string site = "";
    private string value = "";
    private string domain = Measures.Measured[0];
    private string unit = Measures.KilowattHour;
    private string style = "x_signature";
    private TestReadingSent? sent;

    /// <summary>In whose name.</summary>
    [Parameter, EditorRequired]
    public string Platform { get; set; } = "";

    /// <summary>The sites it has.</summary>
    [Parameter]
    public IReadOnlyList<SiteIdentity> Sites { get; set; } = [];

    /// <summary>Whether the person may.</summary>
    [Parameter]
    public Right? Right { get; set; }

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    protected override void OnParametersSet()
    {
        if (site.Length == 0 && Sites is [var first, ..])
        {
            site = first.SiteId;
        }
    }

    private void Measured() => unit = Measures.CountedIn(domain);

    private async Task Send()
    {
        var plain = string.Concat(value.Where(c => !char.IsWhiteSpace(c))).Replace(',', '.');
        if (!Quantity.TryParse(plain, CultureInfo.InvariantCulture, out var counter))
        {
            throw CityException.Invalid("value", T["embassy.counter_hint"]);
        }

        sent = await Embassy.SendTestReading(Session.Caller, new SendTestReading(Platform, site.Trim(), counter, unit, null, Words.Parse<SignatureStyle>(style), domain), CancellationToken.None);
    }
}
