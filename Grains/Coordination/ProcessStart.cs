namespace MMOrleans.Grains.Coordination;

/// <summary>When a silo's process began: Orleans tells the lives of one address apart by it.</summary>
internal static class ProcessStart
{
    // Source: SiloAddress.AllocateNewGeneration counts the seconds from here; a test holds this to it.
    private static readonly DateTimeOffset Epoch = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>By the clock of the silo's machine, rounded down to a second.</returns>
    public static DateTimeOffset Of(SiloAddress silo) => Epoch.AddSeconds(silo.Generation);
}
