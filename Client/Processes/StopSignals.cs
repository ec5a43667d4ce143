using System.Globalization;
using System.Runtime.InteropServices;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Processes;

/// <summary>
/// Everything that ends this process from outside: Ctrl-C, SIGTERM, a terminal that is closed, and a reader of the output that goes away. The
/// first cancels the verb; a second signal ends the process at once.
/// </summary>
/// <remarks>The only place that listens to signals.</remarks>
internal sealed class StopSignals : IDisposable
{
    private const int HangUpBit = 1 << 0; // SIGHUP is signal 1

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    public StopSignals()
    {
        Listen(PosixSignal.SIGINT, ExitCode.Interrupted);
        Listen(PosixSignal.SIGTERM, ExitCode.Terminated);
        // nohup says that a closed terminal is to be ignored.
        if (!IsHangUpIgnored())
            Listen(PosixSignal.SIGHUP, ExitCode.HungUp);
    }

    /// <summary>Cancelled by the first of them.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Exit code of the first; 130 before there was one.</summary>
    public int Code { get; private set; } = ExitCode.Interrupted;

    /// <summary>What a second signal does, with its exit code, on the signal's thread; null: the signal's default action.</summary>
    public Action<int>? Leave { get; set; }

    /// <summary>Ends the verb quietly, with success, when the reader of its output goes away.</summary>
    /// <remarks>For verbs that print on and on: a write to a closed pipe is dropped by the runtime, so that none would ever notice.</remarks>
    public void EndWithReader() =>
        OutputReader.WhenGone(() =>
        {
            if (Interlocked.Increment(ref _count) == 1)
                Cancel(ExitCode.Success);
        });

    /// <summary>Whether the reader of the output has gone away.</summary>
    public bool IsReaderGone => Token.IsCancellationRequested && Code == ExitCode.Success;

    /// <summary>Whether the terminal is closed, so that writing to it fails.</summary>
    public bool IsHungUp => Token.IsCancellationRequested && Code == ExitCode.HungUp;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Listen(PosixSignal signal, int code) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context => Note(context, code)));

    private void Note(PosixSignalContext context, int code)
    {
        if (Interlocked.Increment(ref _count) == 1)
        {
            context.Cancel = true;
            Cancel(code);
        }
        else if (code == ExitCode.HungUp)
        {
            context.Cancel = true; // kernel and shell both tell of one closed terminal
        }
        else if (Leave is { } leave)
        {
            context.Cancel = true;
            leave(code);
        }
    }

    private void Cancel(int code)
    {
        Code = code;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The process ends anyway: the reader of its output went away in its last moments.
        }
    }

    private static bool IsHangUpIgnored()
    {
        try
        {
            const string name = "SigIgn:";
            return File.Exists("/proc/self/status")
                && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(name))
                    is { } line
                && (
                    ulong.Parse(
                        line[name.Length..].Trim(),
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture
                    ) & HangUpBit
                ) != 0;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return false;
        }
    }
}
