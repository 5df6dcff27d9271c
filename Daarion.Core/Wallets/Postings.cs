using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Wallets;

/// <summary>A transfer that is ready to be written.</summary>
/// <param name="Order">What moves, for whom.</param>
/// <param name="Key">Its idempotency key.</param>
/// <param name="IsAsked">True for a key that the caller gave: it may have been used before.</param>
/// <param name="From">The giver's wallet.</param>
/// <param name="To">The receiver's wallet.</param>
/// <param name="OfGiver">The event of the giver's balance, with none in it: only the database knows it.</param>
/// <param name="OfReceiver">That of the receiver's.</param>
/// <param name="Sent">The event of the transfer.</param>
internal sealed record Posting(Transfer Order, string Key, bool IsAsked, WalletId From, WalletId To, PendingEvent OfGiver, PendingEvent OfReceiver, PendingEvent Sent);

/// <summary>What a transfer came to.</summary>
internal enum PostingOutcome
{
    /// <summary>It moved.</summary>
    Done,

    /// <summary>Its key moved the same before.</summary>
    Repeated,

    /// <summary>Its key moved something else before.</summary>
    Mismatch,

    /// <summary>There was not enough at its turn.</summary>
    Insufficient,
}

/// <summary>What a transfer came to, and which one its key names.</summary>
internal readonly record struct Posted(PostingOutcome Outcome, TransferId? Id);

/// <summary>
/// Writes transfers that arrive together in one transaction, each with its own outcome: while one group commits, those who come wait and go together with the
/// next. So a commit is shared by many, and an account that all want is locked once for all of them.
/// </summary>
internal sealed class Postings : IAsyncDisposable
{
    private const int GroupSize = 64;

    // One statement at a time: what waits meanwhile goes together, and fewer of them do more.
    private const int Loops = 1;
    private const string Away = "The ledger cannot be reached at the moment; ask again with the same key.";
    private const string Sql = "select place, outcome, transfer_id from wallet.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    private readonly Gathering<Posting, Posted> postings;

    public Postings(CityDatabase database, ILogger<Postings> log) => postings = new(database.Of(ServiceName.Wallets), GroupSize, Loops, Post, Away, log);

    /// <summary>Writes a transfer with the next group.</summary>
    /// <exception cref="CityException"><c>unavailable</c>: it may have moved or not; asking again with the same key tells.</exception>
    public Task<Posted> Post(Posting posting, CancellationToken ct) => postings.Send(posting, ct);

    public ValueTask DisposeAsync() => postings.DisposeAsync();

    private static async Task<Posted[]> Post(NpgsqlCommand command, IReadOnlyList<Posting> group, bool again, CancellationToken ct)
    {
        command.CommandText = Sql;
        var parameters = command.Parameters;
        parameters.AddTexts([.. group.Select(p => p.Order.Id.Value)]);
        parameters.AddTexts([.. group.Select(p => p.Key)]);
        parameters.Add(new NpgsqlParameter { Value = group.Select(p => p.IsAsked || again).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
        parameters.AddTexts([.. group.Select(p => p.Order.Memo)]);
        parameters.AddTexts([.. group.Select(p => p.From.Value)]);
        parameters.AddTexts([.. group.Select(p => p.To.Value)]);
        parameters.AddTexts([.. group.Select(p => p.Order.Symbol.Code())]);
        parameters.AddNumbers([.. group.Select(p => p.Order.Amount.Value)]);
        parameters.AddTexts([.. group.Select(p => p.Order.RequestedBy)]);
        parameters.AddTimes([.. group.Select(p => p.Order.RequestedAt)]);
        AddEvents(parameters, group);
        var answers = new Posted[group.Count];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var place = reader.GetInt32(0) - 1;
            var id = await reader.IsDBNullAsync(2, ct) ? default(TransferId?) : TransferId.Parse(reader.GetString(2));
            var outcome = Words.Parse<PostingOutcome>(reader.GetString(1));

            // What is there already when a group is sent again is what the first time has written.
            answers[place] = again && outcome == PostingOutcome.Repeated && id == group[place].Order.Id ? new(PostingOutcome.Done, id) : new(outcome, id);
        }

        return answers;
    }

    private static void AddEvents(NpgsqlParameterCollection parameters, IReadOnlyList<Posting> group)
    {
        var count = group.Count * 3;
        var (places, sides, events) = (new int[count], new short?[count], new PendingEvent[count]);
        for (var i = 0; i < group.Count; i++)
        {
            var at = i * 3;
            (places[at], places[at + 1], places[at + 2]) = (i + 1, i + 1, i + 1);
            (sides[at], sides[at + 1]) = (0, 1);
            (events[at], events[at + 1], events[at + 2]) = (group[i].OfGiver, group[i].OfReceiver, group[i].Sent);
        }

        parameters.Add(new NpgsqlParameter { Value = places, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        parameters.Add(new NpgsqlParameter { Value = sides, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        parameters.AddTexts([.. events.Select(e => e.Id.Value)]);
        parameters.AddTexts([.. events.Select(e => e.Stream)]);
        parameters.AddTexts([.. events.Select(e => e.Topic)]);
        parameters.AddTexts([.. events.Select(e => e.SequenceKey)]);
        parameters.AddTexts([.. events.Select(e => e.Envelope)]);
        parameters.AddTexts([.. events.Select(e => e.TraceParent)]);
    }
}
