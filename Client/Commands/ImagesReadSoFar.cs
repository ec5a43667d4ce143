using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;

namespace MMOrleans.Client.Commands;

/// <summary>Says every three seconds how many images were read, while a verb reads them.</summary>
internal sealed class ImagesReadSoFar(Invocation invocation) : IProgress<int>
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    private long _said = invocation.Clock.GetTimestamp();
    private long _read;

    public void Report(int value)
    {
        var read = Interlocked.Add(ref _read, value);
        var said = Volatile.Read(ref _said);
        if (
            invocation.Quiet
            || invocation.Clock.GetElapsedTime(said) < Every
            || Interlocked.CompareExchange(ref _said, invocation.Clock.GetTimestamp(), said) != said // another thread says it
        )
            return;
        invocation.Terminal.Say(new Line().Add($"{Figures.Count(read)} images read …", "grey"));
    }
}
