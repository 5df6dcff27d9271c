using Daarion.Core.Auth;
using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Server.Mail;
using Daarion.Tests.Integration.Policy;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Daarion.Tests.Integration.Governance;

/// <summary>With any number of replicas a vote closes once and its policy is applied once; and each of them decides by it within a second.</summary>
[Collection(CityCollection.Name)]
public sealed class ManyReplicasTests(CityFixture city)
{
    private const int Replicas = 4;

    [Fact]
    public async Task A_vote_closes_once_and_is_applied_once()
    {
        var clock = new TurnedClock();
        var address = await Replica.EmptyDatabase(city);
        var replicas = new List<Replica>();
        try
        {
            for (var number = 0; number < Replicas; number++)
            {
                replicas.Add(await Replica.Start(address, services => services
                    .AddSingleton<TimeProvider>(clock)
                    .AddSingleton<MailQueue>()
                    .AddSingleton<IMail>(provider => provider.GetRequiredService<MailQueue>())));
            }

            var (first, proposals) = (replicas[0], new List<PolicyId>());
            var (olena, voter) = await Found(first, clock);
            foreach (var row in PlanTables.Plans.Take(5))
            {
                var operation = new RegistryOperation(RegistryOp.DecreaseQuota, Plan: TeamPlan.Freemium, Metric: row.Metric, By: Quantity.Of(1));
                var proposal = await first.Get<IGovernanceService>().Propose(olena, new Propose($"Less of {operation.Metric}", clock.GetUtcNow().AddMinutes(90), [operation]), default);
                await first.Get<IGovernanceService>().CastVote(voter, new CastVote(proposal.Id, VoteChoice.Yes), default);
                proposals.Add(proposal.Id);
            }

            var before = (await first.Registry()).Version;
            clock.Turn(TimeSpan.FromMinutes(91));
            await Task.WhenAll(replicas.SelectMany(replica => Enumerable.Range(0, 4).Select(_ => Task.Run(() => replica.Get<GovernanceAgent>().Look(default)))));

            foreach (var id in proposals)
            {
                Assert.Equal(PolicyStatus.Applied, (await first.Get<IGovernanceService>().GetPolicy(olena, new PolicyRef(id), default)).Policy.Status);
            }

            Assert.Equal(before + proposals.Count, (await first.Registry()).Version);
            Assert.Equal((proposals.Count, proposals.Count), (await Count(address, "governance.policy.created"), await Count(address, "governance.policy.updated", "applied")));
            await Eventually.True(
                async () => (await Task.WhenAll(replicas.Select(replica => replica.Registry().AsTask()))).All(registry => registry.Version == before + proposals.Count),
                () => "every replica decides by the last version",
                TimeSpan.FromSeconds(2));
        }
        finally
        {
            foreach (var replica in replicas)
            {
                await replica.DisposeAsync();
            }
        }
    }

    private static async Task<(Caller Olena, Caller Voter)> Found(Replica replica, TurnedClock clock)
    {
        var (olena, taras) = (await Operator("olena"), await Operator("taras"));
        await replica.Get<IGovernanceService>().PutSetting(olena, new PutGovernanceSetting("governance.min_voting_seconds", "3600"), default);
        var voter = As((await replica.Get<IUserService>().Ensure(Caller.ForService(ServiceName.Auth), new EnsureUser("voter@example.org", "Марія"), default)).Id);
        var minted = await replica.Get<IWalletService>().Mint(olena, new MintTokens(OwnerId.Of(voter.User!.Value), Symbol.DAARION, Quantity.Of(100), "A share in the city"), default);
        await replica.Get<IWalletService>().ApproveTransfer(taras, new TransferRef(minted.Id), default);
        return (olena, voter);

        async Task<Caller> Operator(string name) =>
            As((await replica.Get<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator($"{name}@example.org"), default)).UserId);

        Caller As(UserId user) => Caller.ForUser(user, SessionId.New(clock.GetUtcNow()), new Origin("req_test", System.Net.IPAddress.Loopback, "tests"));
    }

    private static async Task<int> Count(string address, string topic, string? status = null)
    {
        await using var source = NpgsqlDataSource.Create(address);
        await using var command = source.CreateCommand("select count(*)::int from outbox.outbox_events where topic = $1 and ($2::text is null or payload -> 'payload' ->> 'status' = $2)");
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
