using System.Data.Common;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Daarion.Core.Data;

/// <summary>Counts EF Core's round trips for the operation that makes them. Hand-written commands are counted by <see cref="Measured"/>.</summary>
public sealed class QueryMeter : DbCommandInterceptor
{
    /// <inheritdoc/>
    public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        OperationCost.Current?.AddQuery(eventData.Duration);
        return base.ReaderExecutedAsync(command, eventData, result, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        OperationCost.Current?.AddQuery(eventData.Duration);
        return base.NonQueryExecutedAsync(command, eventData, result, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
    {
        OperationCost.Current?.AddQuery(eventData.Duration);
        return base.ScalarExecutedAsync(command, eventData, result, cancellationToken);
    }

    /// <summary>Counts a hand-written round trip.</summary>
    public static async Task<T> Measured<T>(Task<T> roundTrip)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            return await roundTrip;
        }
        finally
        {
            OperationCost.Current?.AddQuery(System.Diagnostics.Stopwatch.GetElapsedTime(started));
        }
    }
}
