namespace MMOrleans.Bench.Fire;

/// <summary>One fault of a plan.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Silo">To which silo, from 0; nothing to it where the store is meant.</param>
/// <param name="Other">The other silo of a cut.</param>
/// <param name="Length">How long it lasts; of a killed silo, until it is started again.</param>
internal sealed record PlannedFault(FaultKind Kind, int Silo, int Other, TimeSpan Length)
{
    public override string ToString() =>
        Kind switch
        {
            FaultKind.Kill => $"silo-{Silo} is killed, started again after {Length.TotalSeconds:F1} s",
            FaultKind.Freeze => $"silo-{Silo} stands still for {Length.TotalSeconds:F1} s",
            FaultKind.Cut =>
                $"silo-{Silo} and silo-{Other} do not reach each other for {Length.TotalSeconds:F1} s",
            FaultKind.RedisKill => $"Redis is killed, started again after {Length.TotalSeconds:F1} s",
            _ => $"Redis stands still for {Length.TotalSeconds:F1} s",
        };
}
