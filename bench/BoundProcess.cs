using System.Diagnostics;

namespace MMOrleans.Bench;

/// <summary>A program that a benchmark starts and that does not outlive it, however the benchmark ends.</summary>
/// <remarks>
/// A watcher beside the program waits for the end of a pipe that this process holds open, and the kernel closes it even after SIGKILL.
/// The kernel's own signal at a parent's death comes when the starting <em>thread</em> ends, and threads of the pool do.
/// </remarks>
internal sealed class BoundProcess : IDisposable
{
    // The program takes over the shell's process id, $$. The watcher kills that process only if it started when the shell did: the id may be
    // another's by then. It is no child of the program's, which may wait for its children.
    private const string Watched = """
        started() { read -r line </proc/$1/stat && set -- ${line##*) } && echo "${20}"; }
        exec 3<&0
        began=$(started $$)
        (
          (
            read -r _
            [ "$(started $$)" = "$began" ] && kill -KILL $$
          ) <&3 3<&- >/dev/null 2>&1 &
        )
        exec "$@" </dev/null 3<&-
        """;

    private readonly Process _process;

    private BoundProcess(Process process) => _process = process;

    /// <summary>Of the program itself.</summary>
    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it prints.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>What it says besides.</summary>
    /// <exception cref="InvalidOperationException">It goes to this process's own.</exception>
    public StreamReader Error => _process.StandardError;

    /// <summary>Starts one; a single intra-op thread, as in every process of a benchmark.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="readsError">Whether <see cref="Error"/> is read; otherwise it goes where this process's goes.</param>
    public static BoundProcess Start(string program, IEnumerable<string> arguments, bool readsError = false)
    {
        var start = new ProcessStartInfo("sh", ["-c", Watched, "sh", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = readsError,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start."));
    }

    /// <summary>Starts this program.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="prefix">What the command begins with.</param>
    public static BoundProcess StartBench(IEnumerable<string> arguments, params IEnumerable<string> prefix)
    {
        string[] command =
        [
            .. prefix,
            "dotnet",
            Path.Combine(AppContext.BaseDirectory, "MMOrleans.Bench.dll"),
            .. arguments,
        ];
        return Start(command[0], command[1..]);
    }

    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    /// <summary>Ends it at once.</summary>
    public Task EndAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync();
    }

    /// <summary>If it still runs, its watcher kills it.</summary>
    public void Dispose()
    {
        _process.StandardInput.Dispose();
        _process.Dispose();
    }
}
