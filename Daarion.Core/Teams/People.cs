using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>How people come to be, under any concurrency: an address has one person.</summary>
internal static class People
{
    public static async Task<User> Ensure(TeamsDbContext db, EmailAddress email, string? displayName, string? locale, CancellationToken ct)
    {
        var fresh = User.New(email, displayName, locale, db.Now);
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into teams.users (id, email, display_name, locale, created_at)
            values ({fresh.Id.Value}, {fresh.Email}, {fresh.DisplayName}, {fresh.Locale}, {fresh.CreatedAt})
            on conflict (email) do nothing
            """,
            ct);
        return await db.Users.SingleAsync(user => user.Email == email.Value, ct);
    }
}
