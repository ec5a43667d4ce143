using MMOrleans.Grains.Trainers.Protocol;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>A completed round's state, aside from the replica.</summary>
internal sealed record StateCopy(TrainerState State, float[] Parameters, float[] Momentum, float[] Buffers)
{
    /// <summary>Completed rounds.</summary>
    public long Round => State.Position.Round;
}
