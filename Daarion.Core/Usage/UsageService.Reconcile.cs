using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Usage;

/// <content>Counting again.</content>
internal sealed partial class UsageService
{
    public async Task<Reconciled> Reconcile(Caller caller, ReconcileUsage request, CancellationToken ct)
    {
        await access.Require(caller, UsageModule.Reconcile, ResourceRef.City, ct);
        var from = request.From;
        if (from is { Year: > 9000 or < 1970 })
        {
            throw CityException.Invalid("from", "Give a time of this age.");
        }

        return await new Recount(Db).Run(from, ct);
    }
}
