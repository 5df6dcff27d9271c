using Daarion.Core.Policy;

namespace Daarion.Core.Oracles.Consumers;

/// <summary>Each water reading that the embassy passed on is normalised, judged and recorded, once.</summary>
internal sealed class RecordReadingWhenEmbassyWaterUpdated(OracleDbContext db, IAccess access, ReadingRecorder recorder) : RecordReading(db, access, recorder);
