using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Another trainer's state, as far as it has come.</summary>
internal sealed class StateDownload(string from)
{
    public string From => from;

    /// <summary>Completed rounds of the state; −1 before the first answer.</summary>
    public long Round { get; private set; } = -1;

    public StatePosition Position { get; private set; }
    public RoundTally Sums { get; private set; }
    public double GradientNorm { get; private set; } = double.NaN;
    public UInt128 StateHash { get; private set; }
    public byte[] Bytes { get; private set; } = [];
    public long Received { get; private set; }

    /// <summary>The request under way.</summary>
    public CopyState? Asked { get; set; }

    public bool IsWhole => Round >= 0 && Received == Bytes.Length;

    /// <summary>Adds the stretch that was asked for.</summary>
    /// <returns>False when it is of another state than the stretches before.</returns>
    public bool Take(StateAnswer answer)
    {
        var bytes = answer.Bytes!.Bytes;
        if (Round < 0)
        {
            (Round, StateHash) = (answer.Round, answer.StateHash);
            (Sums, GradientNorm) = (answer.Sums, answer.GradientNorm);
            Position = new(answer.Round, answer.Closing);
            Bytes = new byte[answer.TotalBytes];
        }

        if (answer.Round != Round || answer.StateHash != StateHash || bytes.Length > Bytes.Length - Received)
            return false;
        bytes.CopyTo(Bytes.AsSpan((int)Received));
        Received += bytes.Length;
        return true;
    }
}
