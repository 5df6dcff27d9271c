using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Outbox;

/// <summary>The schema <c>outbox</c>. Its rows are written by every service's own context and by the relay; operators' decisions go through here.</summary>
internal sealed class OutboxDbContext(DbContextOptions<OutboxDbContext> options, ModuleServices services) : ModuleDbContext(options, services, ServiceName.Outbox);
