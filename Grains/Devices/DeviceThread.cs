using System.Threading.Channels;

namespace MMOrleans.Grains.Devices;

/// <summary>The one thread that drives a device: work is posted to it and awaited.</summary>
/// <remarks>
/// Not the thread pool: training would starve it, and with it every grain of the silo; and the native library keeps settings and
/// buffers for each thread.
/// </remarks>
internal sealed class DeviceThread : IAsyncDisposable
{
    private readonly Channel<Action> _work = Channel.CreateBounded<Action>(64);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="name">Shown in debuggers and traces.</param>
    public DeviceThread(string name)
    {
        var thread = new Thread(Work) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> on the thread.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before it began.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _work.Writer.WriteAsync(Run, cancellationToken);
        return await done.Task;

        void Run()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever the work threw belongs to the caller that awaits it, not to this thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.SetException(exception);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _ended.Task;
    }

    private void Work()
    {
        // A blocking wait on purpose: this thread does nothing else.
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        while (_work.Reader.TryRead(out var item))
            item();
        _ended.SetResult();
    }
}
