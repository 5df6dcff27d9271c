using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>How people come to be, under any concurrency: an address has one person.</summary>
internal static class People
{
    /// <summary>The person with an address, and whether they came to be just now.</summary>
    public static async Task<(User User, bool Made)> Ensure(TeamsDbContext db, EmailAddress email, string? displayName, string? locale, CancellationToken ct)
    {
        var fresh = User.New(email, displayName, locale, db.Now);
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into teams.users (id, email, display_name, locale, created_at)
            values ({fresh.Id.Value}, {fresh.Email}, {fresh.DisplayName}, {fresh.Locale}, {fresh.CreatedAt})
            on conflict (email) do nothing
            """,
            ct);
        var user = await db.Users.SingleAsync(person => person.Email == email.Value, ct);
        return (user, user.Id == fresh.Id);
    }
}
