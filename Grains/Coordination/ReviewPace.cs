using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Coordination;

/// <summary>When a coordinator looks at everybody: when there is news, and now and then. A look costs the more the more trainers there are.</summary>
/// <param name="beat">Usual time between two heartbeats of a trainer.</param>
internal sealed class ReviewPace(TimeSpan beat)
{
    /// <summary>Reviews between two heartbeats of a trainer that bring nothing new.</summary>
    private const int ReviewsABeat = 10;

    /// <summary>Time between two reviews at least, for each hundred trainers: when something happens, all of them have news.</summary>
    private static readonly TimeSpan RestAHundred = TimeSpan.FromMilliseconds(1);

    private DateTimeOffset _reviewedAt;
    private bool _isNews = true;

    /// <summary>A heartbeat came.</summary>
    /// <param name="before">What was known of its trainer until then; null for nothing.</param>
    /// <param name="heartbeat">What it says.</param>
    public void Heard(Member? before, Heartbeat heartbeat) =>
        _isNews |= before is not { IsIn: true, Last: { } last } || Asks(last) != Asks(heartbeat);

    /// <summary>Everybody was looked at.</summary>
    public void Reviewed(DateTimeOffset now) => (_reviewedAt, _isNews) = (now, false);

    /// <summary>Whether a heartbeat has brought something to decide on, or the last review is a while ago.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="trainers">How many there are to look at.</param>
    public bool IsDue(DateTimeOffset now, int trainers)
    {
        var since = now - _reviewedAt;
        var rest = RestAHundred * (trainers / 100);
        return since >= rest && (_isNews || since >= beat / ReviewsABeat);
    }

    /// <summary>Time between two tellings of how far everybody is, at least: as often as reviews below a hundred trainers, and once in a heartbeat's time from a thousand on.</summary>
    /// <param name="trainers">How many are told of.</param>
    public TimeSpan BetweenTellings(int trainers) =>
        beat / ReviewsABeat * Math.Min(ReviewsABeat, trainers / 100);

    /// <summary>The fields of a heartbeat whose change is reviewed soon. Progress is none of them: the coordinator does not gate rounds.</summary>
    private static (TrainerStage, long?, bool, bool, string, bool, string?, UInt128) Asks(
        Heartbeat heartbeat
    ) =>
        (
            heartbeat.Stage,
            heartbeat.Lease?.Term,
            heartbeat.IsDisputed,
            heartbeat.IsRefused,
            heartbeat.Conflict,
            heartbeat.Silent.IsEmpty,
            heartbeat.StateSha256,
            heartbeat.WitnessHash
        );
}
