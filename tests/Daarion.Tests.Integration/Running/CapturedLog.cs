using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Running;

/// <summary>What a city logged, for tests that look at it and for the reader of a failed one.</summary>
public sealed class CapturedLog(LogLevel from = LogLevel.Warning) : ILoggerProvider
{
    private const int Kept = 10_000;
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>All lines.</summary>
    public IReadOnlyCollection<string> Lines => lines;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', lines);

    private void Add(string line)
    {
        lines.Enqueue(line);
        if (lines.Count > Kept)
        {
            lines.TryDequeue(out _);
        }
    }

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.From;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            }
        }
    }

    private LogLevel From { get; } = from;
}
