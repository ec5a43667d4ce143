using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Interfaces.Transport;

/// <summary>Tries whether two silos can read each other's memory, because they are processes of one machine.</summary>
/// <remarks>Key: <c>silo/memory</c>; pinned to that silo.</remarks>
[Alias("mm.ISharedMemoryGrain")]
public interface ISharedMemoryGrain : IGrainWithStringKey
{
    /// <summary>Maps the caller's arena.</summary>
    /// <param name="silo">The caller's name.</param>
    /// <param name="arena">The caller's.</param>
    /// <returns>This silo's arena, once the caller's is mapped; null where it cannot be, or this silo has none.</returns>
    [Alias("Greet"), AlwaysInterleave]
    Task<ArenaAddress?> GreetAsync(string silo, ArenaAddress arena);
}
