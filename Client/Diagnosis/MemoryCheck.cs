using MMOrleans.Silo.Sharing;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether silos of this machine could read each other's vectors from memory. Never a failure: connections and grain calls take vectors everywhere.</summary>
internal static class MemoryCheck
{
    private const string What = "shared memory";
    private const string Instead = "vectors between silos of this machine go in calls, which takes longer";

    /// <summary>What is said of a machine.</summary>
    /// <param name="sharing">What was found.</param>
    /// <param name="isLinux">Nowhere else is memory shared.</param>
    public static Finding Judge(MemorySharing sharing, bool isLinux) =>
        !isLinux ? new(FindingLevel.Ok, What, $"on Linux only; {Instead}")
        : sharing.Refusal is { } refusal
            ? new(
                FindingLevel.Warning,
                What,
                $"{refusal}; {Instead}",
                "allow memfd_create in the container's seccomp profile and mount /proc, or leave it: results are the same"
            )
        : (sharing.Readable, sharing.Closed) switch
        {
            (0, 0) => new(
                FindingLevel.Ok,
                What,
                "possible; not tried with another process, since this user has none here"
            ),
            (0, var closed) => new(
                FindingLevel.Warning,
                What,
                $"the open files of this user's {closed} other process{(closed == 1 ? "" : "es")} cannot be opened in /proc; vectors between silos of this machine go over connections, which takes longer",
                "start the silos by one user in one process namespace with the same rights, or leave it: results are the same"
            ),
            _ => new(FindingLevel.Ok, What, "silos that this user starts here read each other's vectors"),
        };
}
