using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Policy;

/// <summary>What the PDP remembers and what it forgets; and what it hears of freezes.</summary>
[Collection(CityCollection.Name)]
public sealed class MemoryTests(CityFixture city)
{
    [Fact]
    public async Task Every_refusal_is_kept_and_one_allowance_in_a_hundred()
    {
        var address = await Replica.EmptyDatabase(city);
        await using var replica = await Replica.Start(address);

        // Each question is two decisions: whether one may ask, and the answer.
        for (var question = 0; question < 250; question++)
        {
            Assert.True((await replica.Ask(ServiceName.Teams, "team.read")).Allow);
        }

        for (var question = 0; question < 7; question++)
        {
            Assert.False((await replica.Ask(ServiceName.Teams, "wallet.transfer")).Allow);
        }

        await Eventually.Equal((6L, 7L), async () => (await Count(address, "select count(*) from capabilities.decisions where allow"), await Count(address, "select count(*) from capabilities.decisions where not allow")));
    }

    [Fact]
    public async Task Decisions_are_forgotten_after_fourteen_days()
    {
        var address = await Replica.EmptyDatabase(city);
        await Execute(
            address,
            """
            do $$
            declare
              day date := (now() at time zone 'utc')::date - 15;
            begin
              execute format(
                'create table capabilities.decisions_%s partition of capabilities.decisions for values from (%L) to (%L)', to_char(day, 'YYYYMMDD'), day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
            end $$;
            insert into capabilities.decisions (id, at, subject_id, subject_kind, action, allow, reason, registry_version, explanation)
            select 'dec_' || days, ((now() at time zone 'utc')::date - days)::timestamp at time zone 'utc' + interval '1 hour', 'u_1', 'user', 'team.read', false, 'no_role', 1, '{}'
            from unnest(array[13, 14, 15, 20]) as days
            """);

        await using var replica = await Replica.Start(address);
        await replica.Ask(ServiceName.Teams, "team.read");

        await Eventually.Equal("dec_13 dec_14", async () => await Text(address, "select string_agg(id, ' ' order by id) from capabilities.decisions where subject_id = 'u_1'"));
        Assert.Equal(0L, await Count(address, "select count(*) from pg_class where relname = 'decisions_' || to_char((now() at time zone 'utc')::date - 15, 'YYYYMMDD')"));
    }

    [Fact]
    public async Task A_freeze_in_the_database_is_a_refusal_when_the_registry_was_read_again_and_ends_by_itself()
    {
        var address = await Replica.EmptyDatabase(city);
        await using var replica = await Replica.Start(address);
        var before = await replica.Ask(ServiceName.Teams, "team.read");

        await Execute(address, "insert into capabilities.freezes (capability, until, reason) values ('team.read', now() + interval '1 hour', 'a vote is open.')");
        await replica.Get<IPolicySnapshots>().Reload(default);
        var frozen = await replica.Ask(ServiceName.Teams, "team.read");
        await Execute(address, "update capabilities.freezes set until = now() - interval '1 second'");
        await replica.Get<IPolicySnapshots>().Reload(default);
        var after = await replica.Ask(ServiceName.Teams, "team.read");
        await Execute(address, "update capabilities.freezes set until = null");
        await replica.Get<IPolicySnapshots>().Reload(default);
        var forGood = await replica.Ask(ServiceName.Teams, "team.read");

        Assert.Equal([Reasons.Ok, Reasons.Frozen, Reasons.Ok, Reasons.Frozen], new[] { before, frozen, after, forGood }.Select(answer => answer.Reason));
    }

    private static async Task<long> Count(string address, string sql) => (long)(await Scalar(address, sql))!;

    private static async Task<string?> Text(string address, string sql) => await Scalar(address, sql) as string;

    private static Task Execute(string address, string sql) => Scalar(address, sql);

    private static async Task<object?> Scalar(string address, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
