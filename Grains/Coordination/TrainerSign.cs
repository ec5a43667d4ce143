using MMOrleans.Grains.Interfaces.Coordination;

namespace MMOrleans.Grains.Coordination;

/// <summary>What is known of one trainer of a run.</summary>
internal sealed class TrainerSign(string trainer)
{
    public string Trainer => trainer;

    /// <summary>Its last beat; null before the first.</summary>
    public Heartbeat? Last { get; private set; }

    /// <summary>When the last beat came.</summary>
    public DateTimeOffset? Since { get; private set; }

    public void Note(Heartbeat beat, DateTimeOffset now)
    {
        Last = beat;
        Since = now;
    }
}
