using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Wallets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Daarion.Bench.Running;

/// <summary>
/// A city whose people send tokens through the service's own contract, and beside it, in the same database, a ledger by hand: one function that writes the same
/// rows (a transfer, two entries, two balances, a counted unit, three events) in a transaction of its own, called by pgbench. The relay rests.
/// </summary>
internal sealed class LedgerBed : IAsyncDisposable
{
    /// <summary>Accounts that send and receive.</summary>
    public const int AccountCount = 10_000;

    private const int Callers = 64;
    private const int PgbenchSeconds = 4;
    private const string Pgbench = "/usr/lib/postgresql/15/bin/pgbench";
    private static readonly Quantity Amount = Quantity.Parse("0.000001");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-bench-");
    private readonly UserId[] people = new UserId[AccountCount];
    private readonly Caller[] callers = new Caller[AccountCount];
    private WebApplication? city;

    private IWalletService Wallets => city!.Services.GetRequiredService<IWalletService>();

    private string ConnectionString => city!.Services.GetRequiredService<CityDatabase>().ConnectionString;

    public static async Task<LedgerBed> Start(int entries = 0)
    {
        var bed = new LedgerBed();
        await bed.Open(entries);
        return bed;
    }

    /// <summary>Sends so many transfers, by all callers together; answers how many a second.</summary>
    public async Task<double> Send(int transfers, bool hot)
    {
        var started = Stopwatch.GetTimestamp();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number <= transfers; number = Interlocked.Increment(ref next))
            {
                await SendOne(hot);
            }
        })));
        return transfers / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Sends at a rate for so long, each at its time whatever became of the one before; answers the 99th percentile of the time from then to the answer, in milliseconds.</summary>
    public async Task<double> Paced(double perSecond, TimeSpan time)
    {
        var took = new ConcurrentBag<double>();
        var pending = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; number < perSecond * time.TotalSeconds; number++)
        {
            var due = TimeSpan.FromSeconds(number / perSecond);
            while (Stopwatch.GetElapsedTime(started) < due)
            {
                await Task.Delay(1);
            }

            pending.Add(Task.Run(async () =>
            {
                await SendOne(hot: false);
                took.Add((Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds);
            }));
        }

        await Task.WhenAll(pending);
        return Percentile(took, 0.99);
    }

    /// <summary>Reads balances through the contract, by all callers together; answers how many a second.</summary>
    public Task<double> Balances(int reads) => Together(reads, async () =>
    {
        var reader = Random.Shared.Next(AccountCount);
        await Wallets.GetBalance(callers[reader], new BalanceRef(OwnerId.Of(people[reader])), default);
    });

    /// <summary>Reads the rows of one wallet with one statement over the service's pool, by all callers together; answers how many a second.</summary>
    public async Task<double> Selects(int reads)
    {
        var pool = city!.Services.GetRequiredService<CityDatabase>().Of(ServiceName.Wallets);
        var wallets = await Ids();
        return await Together(reads, async () =>
        {
            await using var command = pool.CreateCommand("select symbol, available, locked from wallet.wallet_balances where wallet_id = $1");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wallets[Random.Shared.Next(wallets.Count)] });
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                _ = (row.GetString(0), row.GetDecimal(1), row.GetDecimal(2));
            }
        });
    }

    /// <summary>What pgbench does with 16 clients; answers its transfers a second.</summary>
    public async Task<double> ByHand(bool hot) => Tps(await RunPgbench(hot, null));

    /// <summary>The 99th percentile of pgbench's transfers at a rate, in milliseconds.</summary>
    public async Task<double> ByHandPaced(double perSecond)
    {
        foreach (var old in folder.EnumerateFiles("paced*"))
        {
            old.Delete();
        }

        await RunPgbench(hot: false, perSecond);
        var took = new List<double>();
        foreach (var log in folder.EnumerateFiles("paced*"))
        {
            await foreach (var line in File.ReadLinesAsync(log.FullName))
            {
                took.Add(double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1000);
            }
        }

        return Percentile(took, 0.99);
    }

    public async ValueTask DisposeAsync()
    {
        await city!.StopAsync();
        await city.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static double Percentile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)(sorted.Length * part)];
    }

    private static double Tps(string output) => double.Parse(
        (output.Split('\n').FirstOrDefault(line => line.StartsWith("tps = ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"pgbench: {output}")).Split(' ')[2], CultureInfo.InvariantCulture);

    private static async Task<double> Together(int times, Func<Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= times)
            {
                await act();
            }
        })));
        return times / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task SendOne(bool hot)
    {
        var from = hot ? 0 : Random.Shared.Next(AccountCount);
        var to = (from + 1 + Random.Shared.Next(AccountCount - 1)) % AccountCount;
        await Wallets.SendTransfer(callers[from], new SendTransfer(OwnerId.Of(people[from]), OwnerId.Of(people[to]), Symbol.KWT, Amount), default);
    }

    private async Task<string> RunPgbench(bool hot, double? perSecond)
    {
        var script = Path.Combine(folder.FullName, "transfer.sql");
        await File.WriteAllTextAsync(script, $"\\set a {(hot ? "1" : string.Create(CultureInfo.InvariantCulture, $"random(1, {AccountCount})"))}\n\\set b random(2, {AccountCount})\nselect bench.transfer(:a, :b, 0.000001);\n");
        var database = new NpgsqlConnectionStringBuilder(ConnectionString);
        string[] pace = perSecond is { } rate ? ["-R", rate.ToString("F0", CultureInfo.InvariantCulture), "-l", "--log-prefix", Path.Combine(folder.FullName, "paced")] : [];
        var start = new ProcessStartInfo(
            Pgbench,
            [
                "-n", "-c", "16", "-j", "2", "-M", "prepared", "-T", PgbenchSeconds.ToString(CultureInfo.InvariantCulture), .. pace, "-f", script, "-h", database.Host!, "-p",
                database.Port.ToString(CultureInfo.InvariantCulture), "-U", database.Username!, database.Database!,
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = database.Password;
        using var pgbench = Process.Start(start)!;
        var errors = pgbench.StandardError.ReadToEndAsync();
        var output = await pgbench.StandardOutput.ReadToEndAsync();
        await pgbench.WaitForExitAsync();
        return pgbench.ExitCode == 0 ? output : throw new InvalidOperationException($"pgbench: {output}{await errors}");
    }

    private async Task<List<string>> Ids()
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand("select id from wallet.wallets where owner_kind = 'user' order by id");
        await using var row = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await row.ReadAsync())
        {
            ids.Add(row.GetString(0));
        }

        return ids;
    }

    private async Task Open(int entries)
    {
        city = await RestingCity.Start(folder);
        var now = TimeProvider.System.GetUtcNow();
        for (var number = 0; number < AccountCount; number++)
        {
            people[number] = UserId.New(now);
            callers[number] = Caller.ForUser(people[number], SessionId.New(now), new Origin("req_bench", IPAddress.Loopback, "bench"));
        }

        await Fill(entries);
        await city.Services.GetRequiredService<IPolicySnapshots>().Reload(default);
        for (var number = 0; number < AccountCount; number++)
        {
            await Wallets.GetBalance(callers[number], new BalanceRef(OwnerId.Of(people[number])), default);
        }
    }

    private async Task Fill(int entries)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await Run(
            """
            insert into teams.users (id, email, display_name, created_at) select id, id || '@example.org', 'Bench', now() from unnest($1) as id
            """,
            people.Select(person => person.Value).ToArray());
        await Run("select wallet.open($1, array_fill('user'::text, array[cardinality($1)]), $2, now())", people.Select(_ => WalletId.New(DateTimeOffset.UtcNow).Value).ToArray(), people.Select(person => person.Value).ToArray());
        foreach (var part in people.Chunk(200))
        {
            await Run(
                """
                select count(*) from (
                  select array_agg('tx_' || substr(p, 3)) as ids, array_agg('bench:' || p) as keys, array_agg(null::text) as nothing, array_agg(w.id) as targets from unnest($1) as p
                  join wallet.wallets w on w.owner_id = p) as a,
                  wallet.transfer(a.ids, 'payout', a.keys, a.nothing, a.nothing, array_fill('w_00000000000000000000000001'::text, array[cardinality(a.ids)]), a.targets,
                    array_fill('KWT'::text, array[cardinality(a.ids)]), array_fill(1000::numeric, array[cardinality(a.ids)]), 'bench', now())
                """,
                part.Select(person => person.Value).ToArray());
        }

        // Old entries of the same accounts, below all that are made from here on.
        await Run(
            $"""
            set session_replication_role = replica;
            insert into wallet.wallet_transfers (id, kind, idempotency_key, at, actor)
            select 'tx_old' || g, 'transfer', 'old:' || g, now() - interval '1 day', 'bench' from generate_series(1, {entries / 2}) g;
            insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after, sequence, hash) overriding system value
            select 'tx_old' || g, s, w.ids[1 + (g * 7919 + s * 104729) % {AccountCount}], 'KWT', case s when 0 then -1 else 1 end, 1000, -2 * g - s, sha256('')
            from generate_series(1, {entries / 2}) g cross join generate_series(0, 1) s cross join (select array_agg(id) as ids from wallet.wallets where owner_kind = 'user') w;
            reset session_replication_role;
            update capabilities.plan_entitlements set quota = 1000000000, hard_limit = 1000000000 where metric = 'wallet_tx';
            create schema bench;
            create table bench.transfers (id bigint generated always as identity primary key, kind text not null, key uuid not null unique default gen_random_uuid(), at timestamptz not null default now(), actor text not null);
            create table bench.entries (transfer_id bigint not null references bench.transfers, position smallint not null, account int not null, amount numeric(28,9) not null, balance_after numeric(28,9) not null, sequence bigint generated always as identity, primary key (transfer_id, position));
            create unique index on bench.entries (account, sequence);
            create table bench.balances (account int primary key, available numeric(28,9) not null check (available >= 0)) with (fillfactor = 50);
            create table bench.counters (account int primary key, used bigint not null) with (fillfactor = 50);
            create table bench.counted (source text primary key, account int not null, units int not null, at timestamptz not null);
            create table bench.events (id bigint generated always as identity primary key, topic text not null, payload jsonb not null);
            insert into bench.balances select g, 1000 from generate_series(1, {AccountCount}) g;
            insert into bench.counters select g, 0 from generate_series(1, {AccountCount}) g;
            create function bench.transfer(a int, b int, v numeric) returns void language plpgsql as $$
            declare t bigint; x numeric; y numeric;
            begin
              if a = b then return; end if;
              update bench.counters set used = used + 1 where account = a and used < 1000000000;
              perform from bench.balances where account in (a, b) order by account for update;
              update bench.balances set available = available - v where account = a returning available into x;
              update bench.balances set available = available + v where account = b returning available into y;
              insert into bench.transfers (kind, actor) values ('transfer', a::text) returning id into t;
              insert into bench.counted values ('t' || t, a, 1, now());
              insert into bench.entries (transfer_id, position, account, amount, balance_after) values (t, 0, a, -v, x), (t, 1, b, v, y);
              insert into bench.events (topic, payload) values
                ('wallet.balance.updated', jsonb_build_object('account', a, 'balance', x, 'transfer', t)),
                ('wallet.balance.updated', jsonb_build_object('account', b, 'balance', y, 'transfer', t)),
                ('wallet.tx.sent', jsonb_build_object('from', a, 'to', b, 'amount', v, 'transfer', t));
            end $$;
            """);
        await Run("analyze");

        async Task Run(string sql, params string[][] values)
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 600;
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync();
        }
    }
}
