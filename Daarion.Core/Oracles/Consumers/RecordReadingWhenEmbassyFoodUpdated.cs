using Daarion.Core.Policy;

namespace Daarion.Core.Oracles.Consumers;

/// <summary>Each food reading that the embassy passed on is normalised, judged and recorded, once.</summary>
internal sealed class RecordReadingWhenEmbassyFoodUpdated(OracleDbContext db, IAccess access, ReadingRecorder recorder) : RecordReading(db, access, recorder);
