using Daarion.Server.Gateway;
using Daarion.Tests.Integration.Running;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>Whatever comes in by either listener, at any address there is, is taken or refused in one form: never a 500, never a changed row by what was refused.</summary>
[Collection(HostileCityCollection.Name)]
public sealed class HostilePropertyTests(CityFixture city)
{
    private readonly IReadOnlyList<Route> routes = Route.Of(city.Services);

    [Fact]
    public void Every_operation_of_the_documents_is_besieged()
    {
        var missing = Endpoints.Of(city.Services).Where(operation => !routes.Any(route => route.Operation == operation)).Select(operation => operation.ToString());

        Assert.Empty(missing);
        Assert.Contains(routes, route => route.Listener == Listener.Internal);
        Assert.Contains(routes, route => route is { Pattern: "/auth/v1/code", Operation: null });
    }

    [Fact]
    public Task A_hostile_body_is_taken_or_refused() => Holds(10, Routes(route => TakesBody(route) && NoPage(route)), route =>
        from body in HostileBodies.For(route)
        select new HostileRequest(route, HostileAddresses.Plain(route), [], body, Sender.Almighty));

    [Fact]
    public Task A_body_over_the_limit_is_refused() => Holds(1, Routes(route => TakesBody(route) && NoPage(route)), route =>
        from body in HostileBodies.TooLarge(route.Operation?.Request is null ? [] : route.Body())
        select new HostileRequest(route, HostileAddresses.Plain(route), [], body, Sender.Almighty));

    [Fact]
    public Task A_hostile_address_is_taken_or_refused() => Holds(5, Routes(NoPage), route =>
        from address in HostileAddresses.For(route)
        select new HostileRequest(route, address, [], Valid(route), Sender.Almighty));

    [Fact]
    public Task A_hostile_header_is_taken_or_refused() => Holds(5, Routes(NoPage), route =>
        from headers in HostileHeaders.Some
        select new HostileRequest(route, HostileAddresses.Plain(route), headers, Valid(route), Sender.Almighty));

    [Fact]
    public Task Who_proves_nothing_changes_nothing_with_whatever_they_send() => Holds(3, Routes(NoPage), route =>
        from proof in HostileHeaders.NoProof
        from headers in HostileHeaders.Some
        from address in HostileAddresses.For(route)
        from body in TakesBody(route) ? HostileBodies.For(route) : Gen.Constant<HostileBody>(null!)
        select new HostileRequest(route, address, [proof, .. headers.Where(header => header.Name is not ("Authorization" or "Cookie"))], body, Sender.Nobody));

    [Fact]
    public Task A_page_is_shown_or_refused_whatever_it_is_asked() => Holds(2, Routes(route => route.IsPage), route =>
        from address in HostileAddresses.For(route)
        from headers in HostileHeaders.Some
        from body in TakesBody(route) ? HostileBodies.For(route) : Gen.Constant<HostileBody>(null!)
        from sender in Gen.Frequency((3, Gen.Constant(Sender.Almighty)), (1, Gen.Constant(Sender.Nobody)))
        select new HostileRequest(route, address, headers, body, sender));

    private static bool NoPage(Route route) => !route.IsPage;

    private static bool TakesBody(Route route) => InputReader.TakesBody(route.Method);

    private IReadOnlyList<Route> Routes(Func<Route, bool> which) => [.. routes.Where(which)];

    private static HostileBody? Valid(Route route) =>
        !TakesBody(route) ? null : route.Operation?.Request is null ? new HostileBody("{}"u8.ToArray()) : new HostileBody(System.Text.Encoding.UTF8.GetBytes(route.Body().ToJsonString()));

    private Task Holds(int waves, IReadOnlyList<Route> at, Func<Route, Gen<HostileRequest>> request)
    {
        var siege = new Siege(city);
        return HostileRun.Holds(waves, Gen.CollectToArray(at, request).Select(requests => new Wave(requests)), wave => siege.Withstand(wave.Requests));
    }
}

/// <summary>A city of the hostile tests' own: what it takes of them, it may take to heart.</summary>
[CollectionDefinition(Name)]
public sealed class HostileCityCollection : ICollectionFixture<CityFixture>
{
    /// <summary>For <c>[Collection(HostileCityCollection.Name)]</c>.</summary>
    public const string Name = "hostile city";
}
