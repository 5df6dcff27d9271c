using System.Globalization;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Testing;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Wallets.Model;

namespace Daarion.Tests.Integration.Wallets.Chain;

/// <summary>
/// A city that is killed while it brings claims to the chain, at any moment, sends none twice and loses none. <c>DAARION_CHAIN_KILLS=50</c> kills it
/// more often, <c>DAARION_CHAIN_SEED</c> repeats the moments.
/// </summary>
[Trait("Servers", "own")]
public sealed class ChainKillTests
{
    private const int PayoutsOfARound = 3;
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Day = new(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Whenever_the_city_is_killed_each_claim_reaches_the_chain_once()
    {
        var random = new Random(Number("DAARION_CHAIN_SEED", 14));
        await using var node = await EvmNode.Start();
        await using var server = new ServerProcess();
        server.Environment["DAARION_CHAIN_RPC"] = node.Url.ToString();
        server.Environment["DAARION_CHAIN_SIGNER_KEY"] = EvmNode.SignerKey;
        server.Environment["DAARION_CHAIN_TOKENS"] = $"KWT={node.Token}";
        server.Environment["DAARION_CHAIN_CONFIRMATIONS"] = "3";
        await server.Start();
        using var http = await server.ServiceClient(LedgerDoor.Capabilities);
        var back = Task.CompletedTask;
        var door = new LedgerDoor(http, () => Volatile.Read(ref back));
        var resident = node.Residents.Dequeue();
        var sent = await node.Sent(EvmNode.Signer);
        using var end = new CancellationTokenSource();
        var blocks = Blocks(node, end.Token);
        decimal earned = 0;
        var payouts = new List<string>();

        for (var kills = Number("DAARION_CHAIN_KILLS", 2); kills > 0; kills--)
        {
            var (person, mine, amount) = await Earner(door, node, resident);
            payouts.AddRange(mine);
            earned += amount;
            var claiming = door.Post("/internal/v1/wallet/payout/claim", new { payout_ids = mine }, person);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(2_500)));
            var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref back, again.Task);
            await server.Kill();
            await server.Start();
            again.SetResult();
            if (await claiming is null)
            {
                // Whether it was heard nobody knows; a claim that was is not taken twice.
                await door.Post("/internal/v1/wallet/payout/claim", new { payout_ids = mine }, person);
            }
        }

        var seen = new List<JsonElement>();
        await Eventually.True(
            async () =>
            {
                seen = [.. await Task.WhenAll(payouts.Select(id => door.Get($"/internal/v1/wallet/payouts/{id}")))];
                return seen.TrueForAll(payout => payout.GetProperty("status").GetString() == "claimed");
            },
            () => $"every payout is claimed: {string.Join('\n', seen)}",
            Patience);
        await end.CancelAsync();
        await blocks;

        Assert.Equal(earned, await node.Holds(resident));
        Assert.Equal(payouts.Count, await node.Sent(EvmNode.Signer) - sent);
        Assert.Equal(payouts.Count, seen.Select(payout => payout.GetProperty("tx_hash").GetString()).Distinct().Count());
        var audit = await door.Get("/internal/v1/wallet/audit");
        Assert.True(audit.GetProperty("ok").GetBoolean(), audit.ToString());
    }

    private static int Number(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : usual;

    private static async Task Blocks(EvmNode node, CancellationToken ct)
    {
        using var pace = new PeriodicTimer(Block);
        try
        {
            while (await pace.WaitForNextTickAsync(ct))
            {
                await node.Mine(1);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    // Somebody with an address that they have shown to be theirs, and with payouts to claim.
    private static async Task<(string Person, IReadOnlyList<string> Payouts, decimal Amount)> Earner(LedgerDoor door, EvmNode node, string address)
    {
        var person = (await door.Make("/internal/v1/user", new { email = $"earner-{Guid.NewGuid():N}@example.org" })).GetProperty("id").GetString()!;
        var team = (await door.Make("/internal/v1/team/create", new { name = $"Двір {Guid.NewGuid():N}"[..20], mode = "public", owner_user_id = person })).GetProperty("id").GetString()!;
        var added = await door.Make("/internal/v1/wallet/addresses", new { owner = person, address }, person);
        var id = added.GetProperty("id").GetString();
        await door.Make($"/internal/v1/wallet/addresses/{id}/prove", new { signature = await node.PersonalSign(address, added.GetProperty("challenge").GetString()!) }, person);
        await door.Make($"/internal/v1/wallet/addresses/{id}/payouts", new { payouts = true }, person);
        var (payouts, amount) = (new List<string>(), 0m);
        for (var place = 1; place <= PayoutsOfARound; place++)
        {
            var made = await door.Make("/internal/v1/wallet/payout/generate", new
            {
                rwa_ref = RwaId.New(Day).Value,
                team_id = team,
                domain = "energy",
                site_id = "EU-KYIV-01",
                unit = "kwh",
                delta = $"{place}.5",
                inventory_id = RwaId.New(Day).Value,
                oracle_id = OracleId.New(Day).Value,
                ts = Timestamps.Format(Day),
                beneficiary_user_id = person,
            });
            payouts.Add(made.GetProperty("payout_ids")[0].GetString()!);
            amount += place + 0.5m;
        }

        return (person, payouts, amount);
    }
}
