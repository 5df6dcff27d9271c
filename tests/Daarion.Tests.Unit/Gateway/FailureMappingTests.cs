using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Npgsql;

namespace Daarion.Tests.Unit.Gateway;

public sealed class FailureMappingTests
{
    [Theory]
    [InlineData("57P01")]
    [InlineData("57P02")]
    [InlineData("57P03")]
    [InlineData("53300")]
    [InlineData("40001")]
    public void A_database_that_stops_or_starts_is_unavailable_however_it_is_wrapped(string sqlState)
    {
        var answer = new PostgresException("the database system is starting up", "FATAL", "FATAL", sqlState);

        Assert.Equal(ErrorCode.Unavailable, answer.ToFailure().Code);
        Assert.Equal(ErrorCode.Unavailable, new InvalidOperationException("likely due to a transient failure", answer).ToFailure().Code);
    }

    [Fact]
    public void A_broken_connection_is_unavailable_however_it_is_wrapped()
    {
        var broken = new NpgsqlException("Exception while reading from stream", new IOException("Broken pipe"));

        Assert.Equal(ErrorCode.Unavailable, broken.ToFailure().Code);
        Assert.Equal(ErrorCode.Unavailable, new InvalidOperationException("likely due to a transient failure", broken).ToFailure().Code);
    }

    [Fact]
    public void What_nobody_expects_says_nothing_of_itself()
    {
        var failure = new InvalidOperationException("secret", new PostgresException("column \"secret\" does not exist", "ERROR", "ERROR", "42703")).ToFailure();

        Assert.Equal(ErrorCode.InternalError, failure.Code);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
