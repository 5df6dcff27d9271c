using Daarion.Core.Kernel;

namespace Daarion.UI.Components.Tables;

/// <summary>Searches a short list whose contract cannot search: all of it is read, and what has the words in it is shown.</summary>
public static class Sifted
{
    private const int MostPages = 10;

    /// <summary>The page a table asked for, or everything that matches its search.</summary>
    /// <param name="query">What the table asks for.</param>
    /// <param name="load">Asks the contract.</param>
    /// <param name="words">What an item is found by.</param>
    public static async Task<Page<TItem>> Of<TItem>(TableQuery query, Func<PageRequest, Task<Page<TItem>>> load, params Func<TItem, string?>[] words)
    {
        if (query.Search is not { } search)
        {
            return await load(query.Page);
        }

        var found = new List<TItem>();
        var from = default(string);
        for (var read = 0; read < MostPages && found.Count < PageRequest.MaxLimit; read++)
        {
            var page = await load(new PageRequest(PageRequest.MaxLimit, from));
            found.AddRange(page.Items.Where(item => Array.Exists(words, word => word(item)?.Contains(search, StringComparison.CurrentCultureIgnoreCase) == true)));
            if ((from = page.NextCursor) is null)
            {
                break;
            }
        }

        return new Page<TItem>(found, null);
    }
}
