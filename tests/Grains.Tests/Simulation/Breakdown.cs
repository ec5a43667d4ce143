using MMOrleans.Runs.Faults;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Faults that a trainer of a schedule reports.</summary>
internal static class Breakdown
{
    /// <summary>Of this trainer's device.</summary>
    public static Fault OfADevice { get; } =
        new("MM4003", "the device has no memory left", "use another device");

    /// <summary>Any other trainer would meet it, too.</summary>
    public static Fault OfTheRun { get; } = new("MM2001", "the loss is not a number", "lower the rate");
}
