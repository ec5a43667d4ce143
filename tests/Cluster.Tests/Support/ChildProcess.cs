using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>A process that this one started and whose end it sees to; what it writes is collected.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private const int Interrupt = 2;
    private const int Hangup = 1;

    private readonly Process _process;
    private volatile bool _isDisposed;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _printed = new();
    private readonly StringBuilder _said = new();
    private readonly Lock _gate = new();

    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="input">What its standard input holds before it ends; null for that of this process.</param>
    public ChildProcess(
        string file,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null
    )
    {
        // A job in the background of a script ignores SIGINT, and what it starts does, too; a user's shell does not.
        var isUsers = OperatingSystem.IsLinux();
        string[] command = isUsers
            ? [.. ProcessStarter.Prefix, "env", "--default-signal=INT,HUP,QUIT", file, .. arguments]
            : [file, .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
            UseShellExecute = false,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        // Several processes share few cores: one thread each, and no heap for every core.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = ProcessStarter.Start(start);
        // A signal is for the program, not for those that start it.
        if (isUsers)
            SpinWait.SpinUntil(() => NameOf(_process.Id) is not ("env" or "setpriv" or "process starter"));
        _process.OutputDataReceived += (_, line) => Note(line.Data, _printed);
        _process.ErrorDataReceived += (_, line) => Note(line.Data, _said);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (input is null)
            return;
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    public int Id => _process.Id;

    /// <summary>Also once it was disposed of: a test may still ask about a process that another one replaces.</summary>
    public bool HasExited => _isDisposed || _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it has written so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    /// <summary>What it has written to its standard output so far.</summary>
    public string Printed
    {
        get
        {
            lock (_gate)
                return _printed.ToString();
        }
    }

    /// <summary>What it has written to its standard error so far.</summary>
    public string Said
    {
        get
        {
            lock (_gate)
                return _said.ToString();
        }
    }

    /// <summary>SIGKILL.</summary>
    public void KillNow() => Signal(Kill);

    /// <summary>SIGSTOP: alive and silent.</summary>
    public void Freeze() => Signal(Stop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal(Continue);

    /// <summary>SIGTERM.</summary>
    public void Ask() => Signal(Terminate);

    /// <summary>SIGINT.</summary>
    public void PressControlC() => Signal(Interrupt);

    /// <summary>SIGHUP: its terminal is closed.</summary>
    public void HangUp() => Signal(Hangup);

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"process {Id} did not end in {patience.TotalSeconds:0} s:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits until it has written something.</summary>
    public async Task SaysAsync(string words, TimeSpan patience)
    {
        var began = Stopwatch.StartNew();
        while (!Output.Contains(words, StringComparison.Ordinal))
        {
            if (_process.HasExited || began.Elapsed > patience)
                throw new TimeoutException(
                    $"'{words}' was not said after {began.Elapsed.TotalSeconds:0} s; exited: {_process.HasExited}\n{Output}"
                );
            await Task.Delay(50, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its children too: a tool's launcher is only the parent of the tool.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _isDisposed = true;
        _process.Dispose();
    }

    private void Note(string? line, StringBuilder stream)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _output.AppendLine(line);
            stream.AppendLine(line);
        }
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && kill(_process.Id, signal) != 0 && !_process.HasExited)
            throw new InvalidOperationException(
                $"signal {signal} did not reach process {Id}: {Marshal.GetLastPInvokeErrorMessage()}"
            );
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable IDE1006 // The C library's own name.
    private static extern int kill(int pid, int signal);
#pragma warning restore IDE1006
}
