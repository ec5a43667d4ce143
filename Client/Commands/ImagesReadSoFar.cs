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
        _read += value;
        if (invocation.Quiet || invocation.Clock.GetElapsedTime(_said) < Every)
            return;
        _said = invocation.Clock.GetTimestamp();
        invocation.Terminal.Say(new Line().Add($"{Figures.Count(_read)} images read …", "grey"));
    }
}
