using System.Runtime.InteropServices;

namespace MMOrleans.Client;

/// <summary>Ctrl-C and SIGTERM: the first one cancels the verb, the second ends the process as if nobody listened.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() =>
        _registrations = [
            PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                context => Note(context, ExitCode.Interrupted)
            ),
            PosixSignalRegistration.Create(
                PosixSignal.SIGTERM,
                context => Note(context, ExitCode.Terminated)
            ),
        ];

    public CancellationToken Token => _source.Token;

    /// <summary>Exit code of the first signal; 130 before there was one.</summary>
    public int Code { get; private set; } = ExitCode.Interrupted;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Note(PosixSignalContext context, int code)
    {
        if (_source.IsCancellationRequested)
            return;
        context.Cancel = true;
        Code = code;
        _source.Cancel();
    }
}
