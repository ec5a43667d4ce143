using MMOrleans.Grains.Tests.Simulation;

namespace MMOrleans.Bench.Mutation;

/// <summary>Plays one schedule. This file is compiled into every mutant too, where it plays the machines with the bug in them.</summary>
internal static class MutantPlay
{
    /// <summary>Names of the kinds, those first in which most goes wrong: most bugs fall within the first round of them.</summary>
    public static string[] Kinds() =>
        [.. ScheduleKind.All.OrderByDescending(kind => kind.Name == "everything").Select(kind => kind.Name)];

    /// <summary>From now on a bug is in the machines; 0 for none.</summary>
    public static void Activate(int mutant) => ActiveMutant.Number = mutant;

    /// <summary>Plays the schedule of a kind and a seed.</summary>
    /// <returns>What was violated; null for nothing.</returns>
    public static string? Play(string kind, int seed) =>
        ScheduleKind.Of(kind).Play(seed).Violations.FirstOrDefault();

    /// <summary>Plays the long schedule of a kind and a seed, for its speed.</summary>
    /// <returns>What was violated; null for nothing.</returns>
    public static string? Endure(string kind, int seed) =>
        ScheduleKind.Of(kind).Endure(seed).Violations.FirstOrDefault();
}
