using System.Diagnostics;
using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Daarion.Tests.Integration.Policy;

[Collection(CityCollection.Name)]
public sealed class RegistryTests(CityFixture city)
{
    private static readonly Caller Embassy = Caller.ForService(ServiceName.Embassies);

    [Fact]
    public async Task A_new_city_is_seeded_as_version_1_with_what_its_services_declare()
    {
        await using var replica = await Replica.Start(await Replica.EmptyDatabase(city));

        var registry = await replica.Registry();

        var declared = RegistrySeed.Of(Daarion.Core.CityModules.All);
        Assert.Equal(1, registry.Version);
        Assert.Equal(declared.Capabilities.Select(capability => capability.Code).Order(StringComparer.Ordinal), registry.Capabilities.Order(StringComparer.Ordinal));
        Assert.All(declared.Grants, grant => Assert.Equal(new Grant(grant.Scope, grant.Viewer), registry.Find(grant.Bundle).Grants[grant.Capability]));
        Assert.Equal(new Entitlement("day", 10, 10), registry.Entitlements[(TeamPlan.Freemium, "payout_claims")]);
        Assert.Equal(new Entitlement("day", 20, 40), registry.Entitlements[(TeamPlan.Freemium, "agent_runs")]);
        Assert.Equal([1.0m, 1.25m, 1.25m, 2.0m], new[] { 999m, 1_000m, 4_999m, 50_000m }.Select(registry.MultiplierOf));
    }

    [Fact]
    public async Task A_second_start_brings_nothing_and_leaves_what_was_changed()
    {
        var address = await Replica.EmptyDatabase(city);
        await using (await Replica.Start(address))
        {
            await Execute(
                address,
                """
                delete from capabilities.bundle_caps
                where bundle_id = (select id from capabilities.bundles where name = 'role.Guardian') and capability_id = (select id from capabilities.capabilities where code = 'team.update')
                """);
        }

        await using var again = await Replica.Start(address);
        var registry = await again.Registry();

        Assert.Equal(1, registry.Version);
        Assert.False(registry.Of(TeamRole.Guardian).Holds("team.update"));
        Assert.True(registry.Of(TeamRole.Owner).Holds("team.update"));
    }

    [Fact]
    public async Task An_upgrade_adds_only_what_is_new_as_a_version_with_a_readable_diff()
    {
        var address = await Replica.EmptyDatabase(city);
        await using (await Replica.Start(address))
        {
        }

        await using var upgraded = await Replica.Start(address, services => services.AddSingleton<ICityModule, LaterModule>());
        var diff = await upgraded.Get<ICapabilityService>().GetDiff(await Reader(upgraded), new RegistryRange(1, 2), default);

        Assert.Equal(2, (await upgraded.Registry()).Version);
        Assert.Equal(
            [new RegistryChange("capability", "library.book.read", null, "low"), new RegistryChange("grant", "role.Member library.book.read", null, "all, reader")],
            diff.Changes);
        Assert.Equal(["capability.created", "bundle.updated"], await Column(address, "select topic from outbox.outbox_events where stream = 'STREAM_ACCESS' order by sequence"));
    }

    [Fact]
    public async Task A_change_on_one_replica_decides_on_the_other_within_a_second()
    {
        var address = await Replica.EmptyDatabase(city);
        await using var here = await Replica.Start(address, AddEmbassy);
        await using var there = await Replica.Start(address, AddEmbassy);

        await here.Get<ICapabilityService>().PutPlatformBundle(Embassy, new PutPlatformBundle("energyunion", ["energy"]), default);
        var changed = Stopwatch.GetTimestamp();

        Assert.True((await here.Registry()).Find("platform.energyunion").Holds("embassy.energy.update"));
        await Eventually.True(async () => (await there.Registry()).Find("platform.energyunion").Holds("embassy.energy.update"), () => "the other replica knows the bundle");
        Assert.InRange(Stopwatch.GetElapsedTime(changed), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_platforms_bundle_holds_its_domains_and_asking_twice_changes_nothing()
    {
        await using var replica = await Replica.Start(await Replica.EmptyDatabase(city), AddEmbassy);
        var capabilities = replica.Get<ICapabilityService>();

        var first = await capabilities.PutPlatformBundle(Embassy, new PutPlatformBundle("energyunion", ["energy", "water"]), default);
        var again = await capabilities.PutPlatformBundle(Embassy, new PutPlatformBundle("energyunion", ["water", "energy"]), default);
        var less = await capabilities.PutPlatformBundle(Embassy, new PutPlatformBundle("energyunion", ["energy"]), default);

        Assert.Equal(["embassy.energy.update", "embassy.water.update"], first.Capabilities.Select(held => held.Capability));
        Assert.Equal(first.Version, again.Version);
        Assert.Equal(["embassy.energy.update"], less.Capabilities.Select(held => held.Capability));
        Assert.Equal(first.Version + 1, less.Version);
    }

    [Fact]
    public async Task Versions_are_never_rewritten()
    {
        var address = await Replica.EmptyDatabase(city);
        await using var replica = await Replica.Start(address);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Execute(address, "update capabilities.registry_versions set by = 'nobody'"));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
    }

    [Fact]
    public async Task The_database_refuses_a_multiplier_that_falls()
    {
        var address = await Replica.EmptyDatabase(city);
        await using var replica = await Replica.Start(address);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Execute(address, "update capabilities.stake_multipliers set multiplier = 1.1 where from_amount = 5000"));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Fact]
    public async Task The_registry_is_read_page_by_page()
    {
        var reader = await city.NewPerson();
        var capabilities = city.Get<ICapabilityService>();

        var first = await capabilities.ListCapabilities(reader.Caller, new CapabilityFilter(Query: "wallet.", Page: new PageRequest(2)), default);
        var second = await capabilities.ListCapabilities(reader.Caller, new CapabilityFilter(Query: "wallet.", Page: new PageRequest(2, first.NextCursor)), default);
        var owner = await capabilities.GetBundle(reader.Caller, new BundleRequest("role.Owner"), default);

        Assert.Equal(2, first.Items.Count);
        Assert.True(string.CompareOrdinal(first.Items[1].Code, second.Items[0].Code) < 0);
        Assert.Contains(owner.Capabilities, held => held.Capability == "team.owner.transfer");
    }

    private static void AddEmbassy(IServiceCollection services) => services.AddSingleton<ICityModule, PlatformDomains>();

    private static async Task<Caller> Reader(Replica replica)
    {
        await using var connection = await replica.Get<CityDatabase>().Of("tests").OpenConnectionAsync();
        await using var give = new NpgsqlCommand(
            """
            insert into capabilities.bundle_caps (bundle_id, capability_id)
            select b.id, c.id from capabilities.bundles b, capabilities.capabilities c where b.name = 'service.capabilities' and c.code = 'capability.read'
            """,
            connection);
        await give.ExecuteNonQueryAsync();
        await replica.Get<IPolicySnapshots>().Reload(default);
        return Caller.ForService(ServiceName.Capabilities);
    }

    private static async Task Execute(string address, string sql)
    {
        await using var source = NpgsqlDataSource.Create(address);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> Column(string address, string sql)
    {
        await using var source = NpgsqlDataSource.Create(address);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    /// <summary>A service that a later release brings.</summary>
    private sealed class LaterModule : ICityModule
    {
        public string Service => "library";

        public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } = [new("library.book.read", "Read books", CapabilityRisk.Low, "role.Member")];

        public void AddTo(IServiceCollection services)
        {
        }
    }

    /// <summary>What platforms deliver.</summary>
    private sealed class PlatformDomains : ICityModule
    {
        public string Service => ServiceName.Embassies;

        public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
        [
            new("embassy.energy.update", "Deliver energy readings", CapabilityRisk.High),
            new("embassy.water.update", "Deliver water readings", CapabilityRisk.High),
        ];

        public void AddTo(IServiceCollection services)
        {
        }
    }
}
