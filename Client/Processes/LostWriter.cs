using System.Text;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Processes;

/// <summary>Writes where it can. What is written to a terminal or a pipe that is gone is dropped: saving a run matters more.</summary>
/// <param name="inner">Where to.</param>
/// <param name="isLost">Whether a refusal is to be expected.</param>
internal sealed class LostWriter(TextWriter inner, Func<bool> isLost) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Try(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception refused) when (StorageFault.Is(refused) && isLost())
        {
            // There is no reader to tell.
        }
    }
}
