using Daarion.Core.Kernel;
using Daarion.Core.Rwa;

namespace Daarion.Server.Api;

/// <summary>A list as a file for a spreadsheet, written page by page as it is read.</summary>
/// <param name="name">What the file is called.</param>
/// <param name="columns">The first line.</param>
/// <param name="line">The line of a row.</param>
/// <param name="first">The first page; a refusal has already been told by now.</param>
/// <param name="next">Reads the page at a cursor.</param>
internal sealed class RwaCsv<T>(string name, string columns, Func<T, string> line, Page<T> first, Func<string, Task<Page<T>>> next) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        await response.WriteAsync($"{columns}\r\n");
        for (var page = first; ; page = await next(page.NextCursor))
        {
            foreach (var row in page.Items)
            {
                await response.WriteAsync(line(row));
            }

            if (page.NextCursor is null)
            {
                return;
            }
        }
    }
}

/// <summary>The lines of inventory and movements.</summary>
internal static class RwaLines
{
    public const string Inventory = "id,team_id,domain,site_id,unit,value,updated_at,version";
    public const string Movements = "id,inventory_id,number,team_id,domain,site_id,unit,delta,value_after,kind,ref,ts,recorded_at";

    public static string Of(Inventory place) => Csv.Line(
        place.Id.Value, place.TeamId.Value, place.Domain, place.SiteId, place.Unit, place.Value.ToString(), Timestamps.Format(place.UpdatedAt), $"{place.Version}");

    public static string Of(Movement movement) => Csv.Line(
        movement.Id.Value,
        movement.InventoryId.Value,
        $"{movement.Number}",
        movement.TeamId.Value,
        movement.Domain,
        movement.SiteId,
        movement.Unit,
        movement.Delta.ToString(),
        movement.ValueAfter.ToString(),
        Words.Of(movement.Kind),
        movement.Ref,
        Timestamps.Format(movement.Ts),
        Timestamps.Format(movement.RecordedAt));
}
