using Bunit;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Ui;

/// <summary>Acts of high risk ask for the sign-in again (console: dangerous acts).</summary>
public sealed class FreshSignInTests : Screen
{
    [Theory]
    [InlineData(29, true, false)]
    [InlineData(31, true, true)]
    [InlineData(600, false, false)]
    public void Whoever_signed_in_long_ago_does_it_again_before_an_act_of_high_risk(int minutes, bool isHighRisk, bool again)
    {
        Person.SignedInAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(minutes);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/operators?page=2");
        var isDone = false;

        var panel = Render<ConfirmPanel>(parameters => parameters
            .Add(p => p.Title, "Remove?")
            .Add(p => p.Yes, "Remove")
            .Add(p => p.HighRisk, isHighRisk)
            .Add(p => p.OnConfirm, () => isDone = true));

        if (again)
        {
            Assert.Equal("/sign-in?email=olena%40example.org&return_url=%2Foperators%3Fpage%3D2", panel.Find("a.btn.main").GetAttribute("href"));
            Assert.Empty(panel.FindAll("button.main"));
        }
        else
        {
            panel.Find("button.main").Click();
            Assert.True(isDone);
        }
    }
}
