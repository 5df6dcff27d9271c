using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Policy;

[Collection(CityCollection.Name)]
public sealed class AccessReviewTests(CityFixture city)
{
    [Fact]
    public async Task Who_can_names_people_keys_and_services_and_what_it_rests_on()
    {
        var reader = await city.NewOperator();
        var (team, owner) = await city.NewTeam();
        var (guardian, member) = (await city.NewPerson(), await city.NewPerson());
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, guardian.Id, Role: TeamRole.Guardian), default);
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, member.Id), default);
        var key = await city.Get<IServiceKeyService>().Create(Caller.ForService(ServiceName.Auth), new CreateServiceKey(city.Unique("key"), ["team.update"]), default);

        var able = await All(cursor => city.Get<IAccessReviewService>().WhoCan(reader.Caller, new WhoCan("team.update", team.Id, Page: new PageRequest(2, cursor)), default));

        var byId = able.ToDictionary(subject => subject.Subject.Id, StringComparer.Ordinal);
        Assert.Contains(byId[owner.Id.Value].Via, source => source is { Kind: "bundle", Id: "role.Owner" });
        Assert.Contains(byId[guardian.Id.Value].Via, source => source is { Kind: "bundle", Id: "role.Guardian" });
        Assert.Contains(byId[reader.Id.Value].Via, source => source.Kind == "bundle" && source.Id!.StartsWith("city.", StringComparison.Ordinal));
        Assert.Contains(byId[$"service:{key.ClientId.Value}"].Via, source => source.Kind == "key");
        Assert.DoesNotContain(member.Id.Value, byId.Keys);
        Assert.Equal([owner.Id.Value, guardian.Id.Value], able.Take(2).Select(subject => subject.Subject.Id));
        Assert.Equal(able.Count, able.DistinctBy(subject => (subject.Subject.Id, subject.KeyId)).Count());
    }

    [Fact]
    public async Task Over_HTTP_each_line_says_who_and_via_what()
    {
        var (team, owner) = await city.NewTeam();
        using var client = await city.ServiceClient("capability.read");

        var page = await client.GetFromJsonAsync<JsonElement>($"/internal/v1/who-can?action=team.update&team_id={team.Id}");

        var first = page.GetProperty("items")[0];
        Assert.Equal(owner.Id.Value, first.GetProperty("subject").GetProperty("id").GetString());
        Assert.Contains(first.GetProperty("via").EnumerateArray(), source => source.GetProperty("id").GetString() == "role.Owner");
    }

    [Fact]
    public async Task What_can_agrees_with_the_PDP_for_every_capability()
    {
        var reader = await city.NewOperator();
        var (team, owner) = await city.NewTeam();
        var member = await city.NewPerson();
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team.Id, member.Id), default);

        var held = await All(cursor => city.Get<IAccessReviewService>().WhatCan(reader.Caller, new WhatCan(member.Id.Value, team.Id, new PageRequest(20, cursor)), default));

        var codes = (await city.Get<IPolicySnapshots>().Current(default)).Capabilities;
        foreach (var code in codes)
        {
            var question = new DecisionRequest(new SubjectRef(member.Id.Value, SubjectKind.User), code, team.Id, new DecisionResource("thing", null, team.Id, Owner: member.Id.Value));
            var answer = await city.Get<IPolicyService>().Decide(Caller.ForService(ServiceName.Capabilities), question, default);
            Assert.Equal(answer.Allow, held.Exists(one => one.Capability == code));
        }
    }

    [Fact]
    public async Task A_person_sees_what_they_can_themselves_and_nobody_else()
    {
        var (somebody, other) = (await city.NewPerson(), await city.NewPerson());
        var review = city.Get<IAccessReviewService>();

        var mine = await review.WhatCan(somebody.Caller, new WhatCan(somebody.Id.Value), default);
        var theirs = await Assert.ThrowsAsync<CityException>(() => review.WhatCan(somebody.Caller, new WhatCan(other.Id.Value), default));
        var everybody = await Assert.ThrowsAsync<CityException>(() => review.WhoCan(somebody.Caller, new WhoCan("team.create"), default));

        Assert.Contains(mine.Items, one => one is { Capability: "team.create", Scope: DecisionScope.Own });
        Assert.Equal([ErrorCode.Forbidden, ErrorCode.Forbidden], new[] { theirs.Code, everybody.Code });
    }

    private static async Task<List<T>> All<T>(Func<string?, Task<Page<T>>> read)
    {
        var (items, cursor) = (new List<T>(), default(string));
        do
        {
            var page = await read(cursor);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return items;
    }
}
