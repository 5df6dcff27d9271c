using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>A proxy says by which scheme it was called; addresses are made of it, so what is no scheme of the web stops here and not where the first one is made.</summary>
internal static class SchemeDoor
{
    private const string SchemeHeader = "X-Forwarded-Proto";

    public static IApplicationBuilder UseSchemeDoor(this IApplicationBuilder app) => app.Use((http, next) =>
        http.Request.Scheme is "http" or "https" ? next(http) : throw CityException.Invalid(SchemeHeader, "Give http or https."));
}
