using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class IdTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_identifier_is_its_prefix_and_a_lower_case_ulid()
    {
        var id = TeamId.New(At);

        Assert.Matches("^t_[0-7][0-9a-hjkmnp-tv-z]{25}$", id.Value);
        Assert.True(TeamId.TryParse(id.Value, out var again));
        Assert.Equal(id, again);
    }

    [Fact]
    public void Identifiers_are_ordered_by_time() =>
        Assert.True(string.CompareOrdinal(PayoutId.New(At).Value, PayoutId.New(At.AddMilliseconds(1)).Value) < 0);

    [Theory]
    [InlineData("")]
    [InlineData("t_")]
    [InlineData("u_01jd3x0000000000000000000")]
    [InlineData("t_01JD3X00000000000000000000")]
    [InlineData("t_81jd3x00000000000000000000")]
    [InlineData("t_01jd3x0000000000000000000u")]
    [InlineData("t_01jd3x000000000000000000000")]
    [InlineData("t_City")]
    [InlineData("t_01jd3x00000000000000000000\0")]
    public void A_wrong_prefix_length_or_character_is_refused(string text) => Assert.False(TeamId.TryParse(text, out _));

    [Fact]
    public void The_city_is_a_team() => Assert.Equal("t_city", TeamId.Parse("t_city").Value);

    [Fact]
    public void Only_the_team_has_a_well_known_member() => Assert.False(UserId.TryParse("u_city", out _));

    [Fact]
    public void A_wrong_identifier_in_json_names_the_prefix()
    {
        var refusal = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TeamId>("\"u_01jd3x00000000000000000000\"", CityJson.Options));

        Assert.Contains("'t_'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bits_of_an_identifier_are_all_of_it()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => TeamId.Of(Ulid.NewUlid())).Append(TeamId.Parse("t_7zzzzzzzzzzzzzzzzzzzzzzzzz")).Append(TeamId.Parse("t_00000000000000000000000000"))
            .Append(Id<TeamKind>.WellKnown()).Append(default).ToList();

        Assert.Equal(ids, ids.Select(id => IdBits<TeamKind>.Of(id).ToId()));
        Assert.Equal(ids.Count, ids.Select(id => IdBits<TeamKind>.Of(id)).Distinct().Count());
        Assert.Equal(IdBits<TeamKind>.Of(ids[0]), IdBits<TeamKind>.Of(TeamId.Parse(ids[0].Value)));
    }
}
