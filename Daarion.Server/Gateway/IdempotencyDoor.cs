using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>
/// A POST with an <c>Idempotency-Key</c> takes effect once for each caller and key (contracts §5): its first answer is kept for 24 hours
/// and given again. Answers with a secret that is shown once are never kept; their repeat is a <c>conflict</c> (decision 0026).
/// </summary>
internal sealed class IdempotencyDoor(RequestDelegate next, IdempotencyKeys keys, TimeProvider clock, ILogger<IdempotencyDoor> log)
{
    private const string KeyHeader = "Idempotency-Key";
    private const string ReplayedHeader = "Idempotency-Replayed";
    private const int MaxKeyLength = 255;
    private static readonly string[] KeptHeaders = ["Location", "ETag"];
    private static readonly TimeSpan WaitAtMost = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WaitPause = TimeSpan.FromMilliseconds(50);

    public async Task InvokeAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.Headers[KeyHeader] is not { Count: > 0 } header
            || http.Features.Get<RequestCaller>()?.Caller is not { SubjectId: not "anonymous" } caller)
        {
            await next(http);
            return;
        }

        if (header is not [{ Length: >= 1 and <= MaxKeyLength } key] || !key.All(c => c is >= ' ' and <= '~'))
        {
            throw CityException.Invalid(KeyHeader, $"Give one key of 1 to {MaxKeyLength} printable ASCII characters.");
        }

        var owner = OwnerOf(caller);
        var hash = await HashOf(http.Request);
        var claim = await Claim(owner, key, hash, http.RequestAborted);
        switch (claim.State)
        {
            case IdempotencyState.Claimed:
                await Run(http, owner, key);
                break;
            case IdempotencyState.Answered:
                await Replay(http, claim.Answer!);
                break;
            case IdempotencyState.Mismatch:
                throw new CityException(ErrorCode.IdempotencyMismatch, "This idempotency key was used for another request; give a new request a new key.");
            case IdempotencyState.Unknown:
                throw CityException.Conflict("The first request with this key was interrupted, and whether it took effect is not known. Look, then send it again with a new key if need be.", "outcome_unknown");
            default:
                throw CityException.Conflict("The first request with this key is still running; ask again in a moment.", "still_running");
        }
    }

    // A key's answers are that key's alone: another key of the same subject may not be allowed to see them.
    private static string OwnerOf(Caller caller) => caller switch
    {
        { OnBehalfOf: { } user } => $"{caller.SubjectId}|{user.Value}",
        { KeyId: { } key, Kind: not SubjectKind.Service } => $"{caller.SubjectId}|{key}",
        _ => caller.SubjectId,
    };

    private async Task<IdempotencyClaim> Claim(string owner, string key, byte[] hash, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var claim = await keys.Claim(owner, key, hash, ct);
            if (claim.State != IdempotencyState.Running || clock.GetElapsedTime(started) > WaitAtMost)
            {
                return claim;
            }

            await Task.Delay(WaitPause, clock, ct);
        }
    }

    private async Task Run(HttpContext http, string owner, string key)
    {
        var wire = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        using var witness = CommitWitness.Watch();
        try
        {
            try
            {
                await next(http);
            }
            catch (Exception e)
            {
                await ProblemDoor.Answer(http, e, log);
            }
        }
        finally
        {
            http.Response.Body = wire;
        }

        // The effect is committed by now: what follows must not depend on whether the caller still listens.
        if (IsKept(http.Response.StatusCode))
        {
            await keys.Keep(owner, key, Kept(http, answer), CancellationToken.None);
        }
        else if (witness.MayHaveCommitted)
        {
            await keys.Doubt(owner, key, CancellationToken.None);
        }
        else
        {
            await keys.Release(owner, key, CancellationToken.None);
        }

        answer.Position = 0;
        await answer.CopyToAsync(wire, http.RequestAborted);
    }

    // What depends on the moment or on rights that may change is no answer to keep. The request may be sent again, if nothing of it can have been committed.
    private static bool IsKept(int status) => status is < 500 and not (401 or 403 or 408 or 413 or 415 or 425 or 429 or 499);

    private static KeptAnswer Kept(HttpContext http, MemoryStream body)
    {
        var headers = KeptHeaders.Where(name => http.Response.Headers.ContainsKey(name)).ToDictionary(name => name, name => http.Response.Headers[name].ToString(), StringComparer.Ordinal);
        var isSecret = http.Response.StatusCode < 300 && http.GetEndpoint()?.Metadata.GetMetadata<SecretAnswerMetadata>() is not null;
        return new(http.Response.StatusCode, http.Response.ContentType, JsonSerializer.Serialize(headers), isSecret ? null : body.ToArray());
    }

    private static async Task Replay(HttpContext http, KeptAnswer answer)
    {
        if (answer.Body is null)
        {
            throw CityException.Conflict("This request was done before, and its answer held a secret that is shown once. If it was lost, rotate it.", "secret_shown_once");
        }

        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        http.Response.Headers[ReplayedHeader] = "true";
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Headers)!)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }

    private static async Task<byte[]> HashOf(HttpRequest request)
    {
        var body = await InputReader.ReadWhole(request);
        request.Body = new MemoryStream(body.ToArray(), writable: false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{request.Headers.IfMatch}\n"));
        hash.AppendData(body.Span);
        return hash.GetHashAndReset();
    }
}

/// <summary>Forgets idempotency keys past their 24 hours.</summary>
internal sealed class IdempotencyKeyUpkeep(IdempotencyKeys keys, TimeProvider clock, ILogger<IdempotencyKeyUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.Forget(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("Old idempotency keys could not be removed: {Problem}", e.Message);
            }
        }
    }
}
