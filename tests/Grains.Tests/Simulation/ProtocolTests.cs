using System.Collections.Concurrent;
using System.Globalization;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Invariants I1–I4 and I6 over randomised schedules of faults, in virtual time; progress and speed once the faults stop.</summary>
/// <remarks>
/// A schedule is its kind and its seed: <c>bench schedules --kind KIND --from SEED --seeds 1</c> plays that one alone and prints its log.
/// <c>MM_SIMULATION_SCHEDULES</c> sets how many of each kind are played. Every seed below the number is played each time; those that once
/// found a bug beyond it are listed. <c>bench schedules</c> plays others for as long as one likes.
/// </remarks>
[
    Collection(nameof(ProtocolTests)),
    CollectionDefinition(nameof(ProtocolTests), DisableParallelization = true)
]
public class ProtocolTests(ITestOutputHelper output)
{
    /// <summary>Schedules of each kind of fault.</summary>
    private const int Schedules = 500; // with the long runs some 16,000 in all, each of 30 ms

    public static TheoryData<string> Kinds => [.. ScheduleKind.All.Select(kind => kind.Name)];

    /// <summary>What each kind claims of its runs, and that its speed is back once the faults are over.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryScheduleKeepsWhatItsKindClaims(string name)
    {
        var kind = ScheduleKind.Of(name);
        var shares = new ConcurrentQueue<double>();
        var wrong = new ConcurrentQueue<Schedule>();
        var schedules = Environment.GetEnvironmentVariable("MM_SIMULATION_SCHEDULES") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Schedules;
        Parallel.For(
            0,
            schedules,
            new() { CancellationToken = TestContext.Current.CancellationToken },
            (seed, loop) =>
            {
                Judge(kind.Play(seed), loop);
                if (seed % ScheduleKind.SeedsAnEndurance == 0)
                    Judge(kind.Endure(seed), loop);
            }
        );

        Assert.True(
            wrong.IsEmpty,
            $"not so that {kind.Claim}; bench schedules --kind {kind} --from SEED --seeds 1 shows it: {string.Join(Environment.NewLine, wrong.SelectMany(s => s.Violations))}"
        );
        output.WriteLine(
            $"{schedules} schedules of {kind}; speed after the faults {(shares.IsEmpty ? "not measured" : $"{shares.Min():F2} of the usual one at least")}"
        );

        void Judge(Schedule schedule, ParallelLoopState loop)
        {
            if (schedule.ShareOfUsualSpeed is { } share)
                shares.Enqueue(share);
            if (schedule.Violations.Count == 0)
                return;
            wrong.Enqueue(schedule);
            loop.Stop();
        }
    }

    /// <summary>Seeds that the loop above does not come to, and that once found a fault of the machines.</summary>
    [Theory]
    [InlineData("freezes", 3_000_125)] // a trainer that was overtaken lost its first question for a result, and caught up with nobody
    [InlineData("cuts-beside", 592)] // results read along piled up for a state that was beyond a cut
    public void WhatASeedHasFoundDoesNotComeBack(string name, int seed)
    {
        var kind = ScheduleKind.Of(name);

        Assert.Empty(kind.Play(seed).Violations);
        Assert.Empty(kind.Endure(seed).Violations);
    }

    [Fact]
    public void WhereTwoDisagreeTheReplaySaysWhoWasWrong()
    {
        var kind = ScheduleKind.Of("one-against-one");
        var undecided = Enumerable
            .Range(0, 300)
            .Select(seed => kind.Play(seed))
            .Where(s => s.Disputes > 0)
            .ToList();

        Assert.NotEmpty(undecided);
        Assert.All(undecided, s => Assert.True(s.Named > 0, $"seed {s.Seed}: nobody was named"));
    }
}
