using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Daarion.Server.Gateway;

/// <summary>
/// Sends a JSON answer with its length, in one piece with its head: as the serializer writes it, it would go out in chunks, with a second packet that only says
/// that it is over. What grows beyond <see cref="Whole"/> goes on as it is written.
/// </summary>
internal sealed class WholeAnswerDoor(RequestDelegate next)
{
    /// <summary>Bytes of an answer that are held back at most.</summary>
    public const int Whole = 64 * 1024;

    public async Task InvokeAsync(HttpContext http)
    {
        var wire = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var answer = new WholeAnswer(http.Response, wire);
        http.Features.Set<IHttpResponseBodyFeature>(answer);
        try
        {
            await next(http);
            answer.HandOver();
        }
        finally
        {
            http.Features.Set(wire);
        }
    }
}

/// <summary>The body of an answer: held back while it is JSON and short, passed on otherwise.</summary>
internal sealed class WholeAnswer(HttpResponse response, IHttpResponseBodyFeature wire) : PipeWriter, IHttpResponseBodyFeature, IDisposable
{
    private const string Json = "application/json";
    private const int FirstBlock = 1024;
    private byte[] held = [];
    private int length;
    private int flushed;
    private bool passing;

    public Stream Stream => wire.Stream;

    public PipeWriter Writer => Holds ? this : wire.Writer;

    public override bool CanGetUnflushedBytes => true;

    // What was held back counts as gone: the serializer waits for that before it goes on.
    public override long UnflushedBytes => passing ? wire.Writer.UnflushedBytes : length - flushed;

    private bool Holds => !passing && !response.HasStarted && response.ContentLength is null && response.ContentType?.StartsWith(Json, StringComparison.OrdinalIgnoreCase) == true;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (passing)
        {
            return wire.Writer.GetMemory(sizeHint);
        }

        var needed = length + Math.Max(sizeHint, 1);
        if (needed > held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, FirstBlock), held.Length * 2));
            held.AsSpan(0, length).CopyTo(larger);
            Return();
            held = larger;
        }

        return held.AsMemory(length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (passing)
        {
            wire.Writer.Advance(bytes);
            return;
        }

        length += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!passing && length <= WholeAnswerDoor.Whole)
        {
            flushed = length;
            return new(new FlushResult(isCanceled: false, isCompleted: false));
        }

        Pass();
        return wire.Writer.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => wire.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        // The door completes it: what has not gone out yet may still become another answer.
    }

    public void DisableBuffering()
    {
        Pass();
        wire.DisableBuffering();
    }

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        // The framework starts a JSON answer before it writes it, to have a buffer less; here is that buffer.
        if (Holds)
        {
            return Task.CompletedTask;
        }

        Pass();
        return wire.StartAsync(cancellationToken);
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        Pass();
        return wire.SendFileAsync(path, offset, count, cancellationToken);
    }

    public async Task CompleteAsync()
    {
        HandOver();
        await wire.CompleteAsync();
    }

    /// <summary>Gives what was held back to the wire, which sends it when the request is over.</summary>
    public void HandOver()
    {
        if (!passing && length > 0)
        {
            response.ContentLength = length;
            Pass();
        }
    }

    public void Dispose() => Return();

    private void Pass()
    {
        if (!passing)
        {
            passing = true;
            wire.Writer.Write(held.AsSpan(0, length));
        }
    }

    private void Return()
    {
        if (held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(held);
        }

        held = [];
    }
}
