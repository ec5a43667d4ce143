namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Invariants I1–I4 and I6 over randomised schedules of faults, in virtual time.</summary>
public class ProtocolTests(ITestOutputHelper output)
{
    /// <summary>Schedules of each kind; a longer search is a matter of the bench.</summary>
    private const int Schedules = 2_000;

    [Fact]
    public void UndisturbedRunEndsOnTheTrajectory() => Play(new(), Schedules / 4);

    [Fact]
    public void LostLateAndDoubledMessagesChangeNothing() =>
        Play(new(Loss: 0.05, Duplication: 0.1), Schedules);

    [Fact]
    public void CrashesCostTimeOnly() => Play(new(Crashes: 3), Schedules);

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
    public void AFlippedBitNeverSpreads() => Play(new(BitFlips: 1), Schedules, silos: 4);

    [Fact]
    public void EverythingAtOnce() =>
        Play(
            new(
                Loss: 0.02,
                Duplication: 0.05,
                Crashes: 2,
                Freezes: 2,
                Cuts: 1,
                Joins: 1,
                Drains: 1,
                DoubleActivations: 1,
                StoreOutages: 1
            ),
            Schedules
        );

    private void Play(Faults faults, int schedules, int? silos = null)
    {
        if (Environment.GetEnvironmentVariable("MM_SIMULATION_SEED") is { } one)
        {
            var single = new Schedule(
                int.Parse(one, System.Globalization.CultureInfo.InvariantCulture),
                faults,
                silos
            );
            single.Play();
            output.WriteLine(string.Join(Environment.NewLine, single.Log));
            output.WriteLine(string.Join(Environment.NewLine, single.Violations));
            Assert.Empty(single.Violations);
            return;
        }

        Parallel.For(
            0,
            schedules,
            new() { CancellationToken = TestContext.Current.CancellationToken },
            seed =>
            {
                var schedule = new Schedule(seed, faults, silos);
                schedule.Play();
                if (schedule.Violations.Count == 0)
                    return;
                output.WriteLine(string.Join(Environment.NewLine, schedule.Log));
                Assert.Fail($"{faults}: {string.Join(Environment.NewLine, schedule.Violations)}");
            }
        );
    }
}
