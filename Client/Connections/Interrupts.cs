using System.Runtime.InteropServices;

namespace MMOrleans.Client.Connections;

/// <summary>Ctrl-C and SIGTERM while a run is trained in this process: the first asks it to stop, the second ends the process.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly TaskCompletionSource<int> _first = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Action<int> _insist;
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <param name="insist">Called with the exit code at the second signal, on the signal's thread; ends the process.</param>
    public Interrupts(Action<int> insist)
    {
        _insist = insist;
        _registrations =
        [
            PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                context => Note(context, ExitCode.Interrupted)
            ),
            PosixSignalRegistration.Create(
                PosixSignal.SIGTERM,
                context => Note(context, ExitCode.Terminated)
            ),
        ];
    }

    /// <summary>Completes at the first signal with the exit code that belongs to it.</summary>
    public Task<int> First => _first.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Note(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _first.TrySetResult(exitCode);
        }
        else
        {
            _insist(exitCode);
        }
    }
}
