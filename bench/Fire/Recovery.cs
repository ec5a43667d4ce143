namespace MMOrleans.Bench.Fire;

/// <summary>What one fault cost.</summary>
/// <param name="Fault">What happened.</param>
/// <param name="Next">From the fault to the next round.</param>
/// <param name="Lost">Time in which no rounds were made up to the next fault, against the calm rate before it; negative when faster.</param>
internal sealed record Recovery(PlannedFault Fault, TimeSpan Next, TimeSpan Lost);
