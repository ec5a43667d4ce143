using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Kubernetes.Tests.Images;

/// <summary>The file system of an image, in which programs run as the restricted profile has them.</summary>
/// <param name="path">Of the unpacked layers.</param>
internal sealed class Rootfs(string path)
{
    private const string User = "1654";

    /// <summary>Files below a folder of the image, by their path in it.</summary>
    public IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(path, folder.TrimStart('/')), "*", SearchOption.AllDirectories)
            .Select(file => "/" + Path.GetRelativePath(path, file));

    /// <summary>Starts a command: unprivileged, its root read-only, no capabilities and none to be had, <c>/tmp</c> its own.</summary>
    /// <param name="command">As a container's manifest names it.</param>
    /// <param name="environment">Nothing else of this machine's is seen.</param>
    /// <param name="output">A folder of this machine that is mounted at <c>/mnt</c>; null for none.</param>
    public ChildProcess Start(
        IEnumerable<string> command,
        IReadOnlyDictionary<string, string> environment,
        string? output = null
    )
    {
        // A runtime of containers makes the places that something is mounted at.
        Directory.CreateDirectory(Path.Combine(path, "mnt"));
        return new(
            "setpriv",
            [
                $"--reuid={User}",
                $"--regid={User}",
                "--clear-groups",
                "--no-new-privs",
                "--bounding-set=-all",
                "--inh-caps=-all",
                "bwrap",
                "--unshare-user",
                "--unshare-pid",
                "--unshare-ipc",
                "--unshare-uts",
                "--die-with-parent",
                "--uid",
                User,
                "--gid",
                User,
                "--cap-drop",
                "ALL",
                "--ro-bind",
                path,
                "/",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "--tmpfs",
                "/tmp",
                .. output is null ? Array.Empty<string>() : ["--bind", output, "/mnt"],
                "--chdir",
                "/app",
                "--clearenv",
                .. environment.SelectMany(variable => new[] { "--setenv", variable.Key, variable.Value }),
                .. command,
            ],
            "/"
        );
    }
}
