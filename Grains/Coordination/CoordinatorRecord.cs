using MMOrleans.Grains.Interfaces.Coordination;

namespace MMOrleans.Grains.Coordination;

/// <summary>What a coordinator leaves behind for its successor.</summary>
[GenerateSerializer, Alias("mm.CoordinatorRecord")]
internal sealed class CoordinatorRecord
{
    /// <summary>The newest term that was announced.</summary>
    [Id(0)]
    public long Term { get; set; }

    /// <summary>The run that is led; null when none is.</summary>
    [Id(1)]
    public CoordinatorStart? Start { get; set; }
}
