using System.Collections.Concurrent;
using System.Globalization;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Invariants I1–I4 and I6 over randomised schedules of faults, in virtual time; progress once the faults stop.</summary>
/// <remarks>
/// A schedule is its seed: <c>MM_SIMULATION_SEED=17</c> plays that one alone and prints its log. <c>MM_SIMULATION_SCHEDULES</c> sets how
/// many are played. Every seed below the number is played each time, so that those that once found a bug stay.
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
    public void UndisturbedRunEndsOnTheTrajectory() => Play(new(), Schedules / 4);

    [Fact]
    public void LostLateAndDoubledMessagesChangeNothing() =>
        Play(new(Loss: 0.05, Duplication: 0.1), Schedules);

    [Fact]
    public void CrashesCostTimeOnly() => Play(new(Crashes: 3), Schedules);

    [Fact]
    public void RunThatEverybodyLeftAtOnceGoesOnFromItsCheckpoint() =>
        Play(new(Blackouts: 2, Crashes: 1, Joins: 1), Schedules);

    [Fact]
    public void FrozenSilosComeBackWithoutHarm() => Play(new(Freezes: 4), Schedules);

    [Fact]
    public void CutsBetweenSilosThatBothBeatComeToAnEnd() => Play(new(Cuts: 3), Schedules);

    [Fact]
    public void SilosJoinAndLeaveWithoutATrace() => Play(new(Joins: 2, Drains: 2), Schedules);

    [Fact]
    public void TwoCoordinatorsAtOnceDoNoHarm() =>
        Play(new(DoubleActivations: 3, Crashes: 1, StoreOutages: 1), Schedules);

    [Fact]
    public void AFlippedBitNeverSpreadsWhereEverybodyComputes() =>
        Play(new(BitFlips: 1), Schedules, silos: 4, slots: 8);

    [Fact]
    public void WhereTwoDisagreeTheReplaySaysWhoWasWrong()
    {
        var undecided = Play(new(BitFlips: 1, IsMajorityRight: false), Schedules / 4, silos: 2, slots: 8);

        Assert.NotEmpty(undecided);
        Assert.All(undecided, s => Assert.True(s.Named > 0, $"seed {s.Seed}: nobody was named"));
    }

    [Fact]
    public void EverythingAtOnce() =>
        Play(
            new(
                Loss: 0.02,
                Duplication: 0.05,
                Crashes: 2,
                Blackouts: 1,
                Freezes: 2,
                Cuts: 1,
                Joins: 1,
                Drains: 1,
                DoubleActivations: 1,
                StoreOutages: 1
            ),
            Schedules
        );

    /// <returns>Those in which the run went back because nobody knew whose state was right.</returns>
    private ConcurrentQueue<Schedule> Play(Faults faults, int schedules, int? silos = null, int? slots = null)
    {
        if (Number("MM_SIMULATION_SEED") is { } one)
        {
            var single = new Schedule(one, faults, silos, slots);
            single.Play();
            output.WriteLine(string.Join(Environment.NewLine, single.Log.Concat(single.Violations)));
            Assert.Empty(single.Violations);
            return new([single]);
        }

        schedules = Number("MM_SIMULATION_SCHEDULES") ?? schedules;
        var (wrong, undecided) = (new ConcurrentQueue<Schedule>(), new ConcurrentQueue<Schedule>());
        Parallel.For(
            0,
            schedules,
            new() { CancellationToken = TestContext.Current.CancellationToken },
            (seed, loop) =>
            {
                var schedule = new Schedule(seed, faults, silos, slots);
                schedule.Play();
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
            $"{faults}: {string.Join(Environment.NewLine, wrong.SelectMany(s => s.Violations))}"
        );
        output.WriteLine($"{schedules} schedules of {faults}");
        return undecided;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
