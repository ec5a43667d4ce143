using MMOrleans.Grains.Interfaces.Trainers;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Another trainer's state, as far as it has come.</summary>
internal sealed class StateDownload(string from)
{
    public string From => from;

    /// <summary>What the other trainer says of it; null before the first answer.</summary>
    public TrainerState? State { get; private set; }

    /// <summary>Completed rounds of the state; −1 before the first answer.</summary>
    public long Round => State?.Position.Round ?? -1;

    public byte[] Bytes { get; private set; } = [];
    public long Received { get; private set; }

    /// <summary>The request under way.</summary>
    public CopyState? Asked { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset AskedAt { get; set; }

    public bool IsWhole => State is not null && Received == Bytes.Length;

    /// <summary>Adds the stretch that was asked for.</summary>
    /// <returns>False when it is of another state than the stretches before.</returns>
    public bool Take(StateAnswer answer)
    {
        var bytes = answer.Bytes!.Bytes;
        if (State is null)
        {
            State = new(
                new(answer.Round, answer.Closing),
                answer.StateHash,
                answer.Sums,
                answer.GradientNorm
            );
            Bytes = new byte[answer.TotalBytes];
        }

        if (answer.Round != Round || answer.StateHash != State.Hash || bytes.Length > Bytes.Length - Received)
            return false;
        bytes.CopyTo(Bytes.AsSpan((int)Received));
        Received += bytes.Length;
        return true;
    }
}
