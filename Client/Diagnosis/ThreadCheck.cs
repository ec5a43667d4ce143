using System.Globalization;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether libtorch's own threads and the trainers' together are more than there are cores.</summary>
internal static class ThreadCheck
{
    public static Finding Run(EnvironmentSnapshot environment, int cores)
    {
        var text = environment["OMP_NUM_THREADS"];
        if (text is not null && !(int.TryParse(text, CultureInfo.InvariantCulture, out var n) && n > 0))
            return new(
                FindingLevel.Warning,
                "threads",
                $"OMP_NUM_THREADS is '{text}', which is not a number of threads",
                "export OMP_NUM_THREADS=1"
            );
        var threads = text is null ? 1 : int.Parse(text, CultureInfo.InvariantCulture); // mm sets 1 for each trainer
        return threads > cores
            ? new(
                FindingLevel.Warning,
                "threads",
                $"OMP_NUM_THREADS={threads} on {cores} cores: with more runnable threads than cores libtorch collapses",
                "export OMP_NUM_THREADS=1"
            )
            : new(FindingLevel.Ok, "threads", $"{cores} cores, {threads} for each trainer's arithmetic");
    }
}
