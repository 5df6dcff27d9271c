using Daarion.Core.Auth;
using Daarion.Core.Events;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>Keeps each person's last sign-in.</summary>
internal sealed class RecordSignInWhenSessionCreated(TeamsDbContext db, IAccess access) : InboxConsumer<TeamsDbContext, AuthSessionCreated>(db)
{
    protected override async Task React(IReadOnlyList<ReceivedEvent<AuthSessionCreated>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, "user.record_sign_in", ResourceRef.City, ct);
        var (users, times) = (events.Select(e => e.Payload.UserId.Value).ToArray(), events.Select(e => e.Ts).ToArray());
        await Db.Database.ExecuteSqlAsync(
            $"""
            update teams.users u set last_login_at = greatest(u.last_login_at, s.at)
            from (select id, max(at) as at from unnest({users}, {times}) as signed (id, at) group by id) as s
            where u.id = s.id
            """,
            ct);
    }
}
