using System.Collections.Concurrent;
using System.Globalization;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Invariants I1–I4 and I6 over randomised schedules of faults, in virtual time; progress once the faults stop.</summary>
/// <remarks>
/// A schedule is its seed: <c>MM_SIMULATION_SEED=17</c> plays that one alone and prints its log. <c>MM_SIMULATION_SCHEDULES</c> sets how
/// many are played. Every seed below the number is played each time, so that those that once found a bug stay. <c>bench schedules</c>
/// plays others for as long as one likes.
/// </remarks>
[
    Collection(nameof(ProtocolTests)),
    CollectionDefinition(nameof(ProtocolTests), DisableParallelization = true)
]
public class ProtocolTests(ITestOutputHelper output)
{
    /// <summary>Schedules of each kind of fault.</summary>
    private const int Schedules = 11_000; // over 100,000 in all

    [Fact]
    public void UndisturbedRunEndsOnTheTrajectory() => Play(ScheduleKind.Calm, Schedules / 4);

    [Fact]
    public void LostLateAndDoubledMessagesChangeNothing() => Play(ScheduleKind.Messages, Schedules);

    [Fact]
    public void CrashesCostTimeOnly() => Play(ScheduleKind.Crashes, Schedules);

    [Fact]
    public void RunThatEverybodyLeftAtOnceGoesOnFromItsCheckpoint() =>
        Play(ScheduleKind.Blackouts, Schedules);

    [Fact]
    public void FrozenSilosComeBackWithoutHarm() => Play(ScheduleKind.Freezes, Schedules);

    /// <summary>Nobody is kept out for what the coordinator did not hear: in the time after, rounds are as quick as if nothing had been.</summary>
    [Fact]
    public void AfterStandstillsOfTheCoordinatorRoundsAreAsQuickAsBefore()
    {
        var share = new ConcurrentQueue<double>();
        Play(
            ScheduleKind.Standstills,
            Schedules / 36,
            schedule =>
            {
                var calm = (ScheduleKind.Standstills with { Faults = new() }).Play(schedule.Seed);
                var usual = RoundsASecond(calm.AppliedAt.Values);
                var from = schedule.LastStandstill + schedule.Liveness.Patience;
                var after = RoundsASecond(schedule.AppliedAt.Values.Where(at => at >= from));
                share.Enqueue(after / usual);
                if (after < 0.9 * usual)
                    schedule.Violate(
                        $"{after:F2} rounds a second after standstills, {usual:F2} without them"
                    );
            }
        );
        if (!share.IsEmpty)
            output.WriteLine(
                $"rounds after standstills, as a share of those without: {share.Min():F2} at least"
            );
    }

    [Fact]
    public void CutsBetweenSilosThatBothBeatComeToAnEnd() => Play(ScheduleKind.Cuts, Schedules);

    /// <summary>Segments go at once to where everybody reaches them: who complains tells of both ends of a cut.</summary>
    [Fact]
    public void ACutBesideTheCoordinatorHoldsRoundsUpForSecondsOnly() =>
        PlayWithPauses(ScheduleKind.CutsBeside, TimeSpan.FromSeconds(8));

    /// <summary>Others compute what a trainer owes that says nothing, long before it is taken for dead.</summary>
    [Fact]
    public void AFrozenSiloHoldsRoundsUpForLessThanPatience() =>
        PlayWithPauses(ScheduleKind.FreezesBeside, TimeSpan.FromSeconds(3.5));

    [Fact]
    public void SilosJoinAndLeaveWithoutATrace() => Play(ScheduleKind.Membership, Schedules);

    [Fact]
    public void UpdatesOfEverySiloInTurnLoseNothing() => Play(ScheduleKind.Updates, Schedules / 2);

    [Fact]
    public void UpdatesComeToAnEndWhateverElseGoesWrong() =>
        Play(ScheduleKind.TroubledUpdates, Schedules / 2);

    [Fact]
    public void TwoCoordinatorsAtOnceDoNoHarm() => Play(ScheduleKind.TwoCoordinators, Schedules);

    [Fact]
    public void AFlippedBitNeverSpreadsWhereEverybodyComputes() => Play(ScheduleKind.FlippedBit, Schedules);

    [Fact]
    public void WhereTwoDisagreeTheReplaySaysWhoWasWrong()
    {
        var undecided = Play(ScheduleKind.OneAgainstOne, Schedules / 4);

        Assert.NotEmpty(undecided);
        Assert.All(undecided, s => Assert.True(s.Named > 0, $"seed {s.Seed}: nobody was named"));
    }

    [Fact]
    public void ARunEndsOnceAndHoldsNobodyWhateverBecomesOfItsGrainAndTheStore() =>
        Play(ScheduleKind.Ends, Schedules);

    [Fact]
    public void EverythingAtOnce() => Play(ScheduleKind.Everything, Schedules);

    /// <summary>Plays schedules in which no two rounds may be further apart than a while, in virtual time.</summary>
    private void PlayWithPauses(ScheduleKind kind, TimeSpan most)
    {
        var longest = new ConcurrentQueue<double>();
        Play(
            kind,
            Schedules / 36,
            schedule =>
            {
                var pauses = schedule
                    .AppliedAt.Values.Zip(schedule.AppliedAt.Values.Skip(1), (one, next) => next - one)
                    .ToList();
                longest.Enqueue(pauses.Max().TotalSeconds);
                if (pauses.Max() > most)
                    schedule.Violate(
                        $"{pauses.Max().TotalSeconds:F1} s between two rounds, {most.TotalSeconds:F1} s at most"
                    );
            }
        );
        var sorted = longest.Order().ToList();
        if (sorted.Count > 0)
            output.WriteLine(
                $"longest pause of {sorted.Count} schedules: median {sorted[sorted.Count / 2]:F1} s, worst {sorted[^1]:F1} s"
            );
    }

    /// <returns>Those in which the run went back because nobody knew whose state was right.</returns>
    private ConcurrentQueue<Schedule> Play(ScheduleKind kind, int schedules, Action<Schedule>? judge = null)
    {
        if (Number("MM_SIMULATION_SEED") is { } one)
        {
            var single = kind.Play(one);
            judge?.Invoke(single);
            output.WriteLine(string.Join(Environment.NewLine, single.Log.Concat(single.Violations)));
            Assert.Empty(single.Violations);
            return new(single.Disputes > 0 ? [single] : []);
        }

        schedules = Number("MM_SIMULATION_SCHEDULES") ?? schedules;
        var (wrong, undecided) = (new ConcurrentQueue<Schedule>(), new ConcurrentQueue<Schedule>());
        Parallel.For(
            0,
            schedules,
            new() { CancellationToken = TestContext.Current.CancellationToken },
            (seed, loop) =>
            {
                var schedule = kind.Play(seed);
                judge?.Invoke(schedule);
                if (schedule.Disputes > 0)
                    undecided.Enqueue(schedule);
                if (schedule.Violations.Count == 0)
                    return;
                wrong.Enqueue(schedule);
                loop.Stop();
            }
        );
        foreach (var schedule in wrong)
            output.WriteLine(string.Join(Environment.NewLine, schedule.Log));
        Assert.True(
            wrong.IsEmpty,
            $"{kind}: {string.Join(Environment.NewLine, wrong.SelectMany(s => s.Violations))}"
        );
        output.WriteLine($"{schedules} schedules of {kind}");
        return undecided;
    }

    private static double RoundsASecond(IEnumerable<DateTimeOffset> applied)
    {
        var times = applied.ToList();
        return (times.Count - 1) / (times[^1] - times[0]).TotalSeconds;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
