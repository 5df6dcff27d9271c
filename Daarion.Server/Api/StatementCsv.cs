using Daarion.Core.Kernel;
using Daarion.Core.Wallets;

namespace Daarion.Server.Api;

/// <summary>A statement as a file for a spreadsheet, written page by page as it is read.</summary>
/// <param name="owner">Whose it is.</param>
/// <param name="first">The first page; a refusal has already been told by now.</param>
/// <param name="next">Reads the page at a cursor.</param>
internal sealed class StatementCsv(OwnerId owner, Page<StatementLine> first, Func<string, Task<Page<StatementLine>>> next) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"statement-{owner.Value.Replace(':', '-')}.csv\"";
        await response.WriteAsync("at,transaction_id,kind,counterparty,symbol,amount,balance_after,ref,memo\r\n");
        for (var page = first; ; page = await next(page.NextCursor))
        {
            foreach (var line in page.Items)
            {
                await response.WriteAsync(Csv.Line(
                    Timestamps.Format(line.At),
                    line.TransactionId.Value,
                    Words.Of(line.Kind),
                    line.Counterparty.Value,
                    line.Symbol.Code(),
                    line.Amount.ToString(),
                    line.BalanceAfter?.ToString(),
                    line.Ref,
                    line.Memo));
            }

            if (page.NextCursor is null)
            {
                return;
            }
        }
    }
}
