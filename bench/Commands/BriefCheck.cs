using System.Diagnostics;
using System.Text;

namespace MMOrleans.Bench.Commands;

/// <summary>Runs a verb briefly in a process of its own, and looks for processes that it leaves behind.</summary>
internal static class BriefCheck
{
    private const string Mark = "MM_BENCH_CHECK";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>To its end.</summary>
    /// <returns>Whether it worked.</returns>
    public static async Task<bool> RunAsync(Benchmark verb, TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        using var started = Start(verb);
        var ended = started.Process.WaitForExitAsync();
        var isInTime = await Task.WhenAny(ended, Task.Delay(Patience)) == ended;
        if (!isInTime)
            started.Process.Kill();
        await ended;
        var code = started.Process.ExitCode;
        var wrong =
            !isInTime ? $"did not end in {Patience.TotalMinutes:0} min"
            : code != 0 && !(code == 1 && verb.Brief.MayMiss) ? $"ended with {code}"
            : null;
        return await TellAsync(verb.Name, wrong, started, clock, output);
    }

    /// <summary>Killed as soon as a silo of it is there.</summary>
    /// <returns>Whether nothing was left.</returns>
    public static async Task<bool> KillAsync(Benchmark verb, TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        using var started = Start(verb);
        while (!started.Others().Any(IsSilo) && !started.Process.HasExited && clock.Elapsed < Patience)
            await Task.Delay(Pause);
        var wrong = started.Others().Any(IsSilo) ? null : "had no silo to leave behind";
        started.Process.Kill();
        await started.Process.WaitForExitAsync();
        return await TellAsync($"{verb.Name}, killed", wrong, started, clock, output);
    }

    private static async Task<bool> TellAsync(
        string what,
        string? wrong,
        Started started,
        Stopwatch clock,
        TextWriter output
    )
    {
        var until = clock.Elapsed + Grace;
        while (started.Others().Any() && clock.Elapsed < until)
            await Task.Delay(Pause);
        foreach (var left in started.Others())
        {
            wrong = $"{(wrong is null ? "" : wrong + " and ")}left process {left}, {CommandLine(left)}";
            using var process = Process.GetProcessById(left);
            process.Kill();
        }

        await output.WriteLineAsync(
            $"{(wrong is null ? "ok   " : "FAIL ")} {what} {wrong} ({clock.Elapsed.TotalSeconds:F1} s)"
        );
        if (wrong is not null)
            await output.WriteLineAsync(started.Said);
        return wrong is null;
    }

    private static bool IsSilo(int process) =>
        CommandLine(process).Contains("mm-silo.dll", StringComparison.Ordinal);

    private static string CommandLine(int process) => Read(process, "cmdline").Replace('\0', ' ');

    private static string Read(int process, string what)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{what}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended, or is another user's
        }
    }

    private static Started Start(Benchmark verb)
    {
        var mark = $"{Mark}={Guid.NewGuid():n}";
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "MMOrleans.Bench.dll"),
                verb.Name,
                .. verb.Brief.Arguments,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Mark] = mark.Split('=')[1];
        start.Environment["OMP_NUM_THREADS"] = "1";
        return new(Process.Start(start)!, mark);
    }

    /// <summary>A started verb. Everything that it starts inherits its mark.</summary>
    private sealed class Started : IDisposable
    {
        private readonly string _mark;
        private readonly StringBuilder _said = new();

        public Started(Process process, string mark)
        {
            (Process, _mark) = (process, mark);
            process.OutputDataReceived += Note;
            process.ErrorDataReceived += Note;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public string Said
        {
            get
            {
                lock (_said)
                    return _said.ToString();
            }
        }

        /// <summary>Its processes beside the first.</summary>
        public IEnumerable<int> Others() =>
            Directory
                .EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id =>
                    id != 0 && (id != Process.Id) && Read(id, "environ").Split('\0').Contains(_mark)
                );

        public void Dispose() => Process.Dispose();

        private void Note(object sender, DataReceivedEventArgs line)
        {
            lock (_said)
                _said.AppendLine(line.Data);
        }
    }
}
