using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Tests.Diagnosis;

public class GoodputTests
{
    private readonly SomeEvidence _run = new();

    /// <summary>2 trainers for 24 s: 2 s start; two epochs of 10 s with 2 s of evaluation each, in which one computes all the time and one half; 2 s to the end.</summary>
    [Fact]
    public void EveryTrainerSecondIsBookedOnce()
    {
        _run.Add(0, "started").Add(2.5, "running", new RunBegan(2.5));
        foreach (var end in (double[])[12, 22])
            _run.Epoch(end, 10, 2, SomeEvidence.Share("silo-0/t0", 1), SomeEvidence.Share("silo-1/t0", 0.5));
        _run.Add(24, "finished", new RunEnded("finished", null));
        _run.Record = _run.Record with { Ended = SomeEvidence.At(24) };

        var goodput = Goodput.Of(_run.Evidence())!;

        Assert.Equal(48, goodput.TrainerSeconds, 6);
        Assert.Equal(24 / 48.0, goodput.Useful, 6); // 16 s × (1 + ½)
        Assert.Equal(
            [("evaluation", 8.0), ("wait", 8.0), ("checkpoint", 4.0), ("start", 4.0)],
            Seconds(goodput)
        );
    }

    [Fact]
    public void WorkThatARestartComputesOnceMoreIsLost()
    {
        _run.Add(0, "started").Add(0, "running", new RunBegan(0));
        _run.Epoch(10, 10, 0, SomeEvidence.Share("silo-0/t0", 1), SomeEvidence.Share("silo-1/t0", 1));
        _run.Add(14, "membership", new TrainerJoined("silo-1/t0")); // the last that is known of the stretch
        _run.Add(20, "resumed", new RunContinued("epoch-0001", 97, 130, "no coordinator leads it", 0));
        _run.Add(20, "running", new RunBegan(0));
        _run.Epoch(30, 10, 0, SomeEvidence.Share("silo-0/t0", 1), SomeEvidence.Share("silo-1/t0", 1));
        _run.Add(30, "finished", new RunEnded("finished", null));
        _run.Record = _run.Record with { Ended = SomeEvidence.At(30) };

        var goodput = Goodput.Of(_run.Evidence())!;

        Assert.Equal(40 / 60.0, goodput.Useful, 6);
        Assert.Equal([("stopped", 12.0), ("lost_work", 8.0)], Seconds(goodput));
    }

    [Fact]
    public void APauseAfterALossIsItsOwnAndATrainerThatIsGoneIsAway()
    {
        _run.Add(0, "started").Add(0, "running", new RunBegan(0));
        _run.Add(
            4,
            "membership",
            new TrainerLeft("silo-1/t0", "silo-1", Detection.Beats, "no heartbeat") { SilentSeconds = 1.5 }
        );
        _run.Add(4.5, "membership", new RoundHealed("silo-1/t0", 2, ["silo-0/t0"], 0.5));
        _run.Epoch(10, 10, 0, SomeEvidence.Share("silo-0/t0", 1));
        _run.Add(10, "finished", new RunEnded("finished", null));
        _run.Record = _run.Record with { Ended = SomeEvidence.At(10) };

        var goodput = Goodput.Of(_run.Evidence())!;

        Assert.Equal(8 / 20.0, goodput.Useful, 6); // 10 s less 2 s of pause, of one trainer
        Assert.Equal([("away", 8.0), ("recovery", 4.0)], Seconds(goodput));
    }

    [Fact]
    public void AStoppedRunsLastRoundsCountAsTheEpochsBefore()
    {
        _run.Add(0, "started").Add(0, "running", new RunBegan(0));
        _run.Epoch(10, 10, 0, SomeEvidence.Share("silo-0/t0", 0.5), SomeEvidence.Share("silo-1/t0", 0.5));
        _run.Add(14, "stopped", new RunEnded("stopped", null));
        _run.Record = _run.Record with { Status = RunStatus.Stopped, Ended = SomeEvidence.At(14) };

        Assert.Equal(0.5, Goodput.Of(_run.Evidence())!.Useful, 6);
    }

    /// <summary>Stopped at 10, wanted again at 14, its turn at 20, over at 30; before its first start it held nobody up.</summary>
    [Fact]
    public void AWaitInTheQueueIsALossBetweenTwoStartsAndNoneBeforeTheFirst()
    {
        _run.Add(-7, "queued", new RunQueued("wanted 2 trainers, have 0", ""));
        _run.Add(0, "started").Add(0, "running", new RunBegan(0));
        _run.Epoch(10, 10, 0, SomeEvidence.Share("silo-0/t0", 1), SomeEvidence.Share("silo-1/t0", 1));
        _run.Add(10, "stopped", new RunEnded("stopped", null));
        _run.Add(14, "queued", new RunQueued("wanted 2 trainers, have 0", "2 busy with r-2m8d0c"));
        _run.Add(17, "queued", new RunQueued("wanted 2 trainers, have 1", "1 busy with r-2m8d0c"));
        _run.Add(20, "resumed", new RunContinued("epoch-0001", 97, 97, null, 0));
        _run.Add(20, "running", new RunBegan(0));
        _run.Epoch(30, 10, 0, SomeEvidence.Share("silo-0/t0", 1), SomeEvidence.Share("silo-1/t0", 1));
        _run.Add(30, "finished", new RunEnded("finished", null));
        _run.Record = _run.Record with { Ended = SomeEvidence.At(30) };

        var goodput = Goodput.Of(_run.Evidence())!;

        Assert.Equal(60, goodput.TrainerSeconds, 6);
        Assert.Equal([("queue", 12.0), ("stopped", 8.0)], Seconds(goodput));
    }

    [Fact]
    public void ARunThatNeverBeganIsAllStart()
    {
        _run.IsLive = true;
        _run.Record = _run.Record with { Status = RunStatus.Starting };
        _run.Add(0, "started");

        var goodput = Goodput.Of(_run.Evidence(now: 9))!;

        // What is under way may still count: it is not known to be start only, and nothing was useful.
        Assert.Equal(0, goodput.Useful);
        Assert.Equal([("start", 18.0)], Seconds(goodput));
    }

    /// <summary>Whatever a run went through, its shares are a whole.</summary>
    [Fact]
    public void SharesAddUpToOne()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var run = 0; run < 300; run++)
        {
            var some = new SomeEvidence();
            var second = 0.0;
            for (var step = 0; step < 40; step++)
            {
                second += random.NextDouble() * 4;
                _ = random.Next(10) switch
                {
                    0 => some.Add(second, "started"),
                    1 => some.Add(
                        second,
                        "resumed",
                        new RunContinued(
                            "epoch-0001",
                            1,
                            random.Next(3),
                            random.Next(2) == 0 ? "why" : null,
                            0
                        )
                    ),
                    2 => some.Add(second, "running", new RunBegan(random.NextDouble())),
                    3 => some.Add(second, "stopped", new RunEnded("stopped", null)),
                    4 => some.Add(second, "error", new RunEnded("failed", "MM4003")),
                    5 => some.Add(
                        second,
                        "membership",
                        new RoundHealed("silo-1/t0", 2, [], random.NextDouble() * 9)
                    ),
                    6 => some.Add(second, "queued", new RunQueued("wanted 2 trainers, have 0", "")),
                    _ => some.Epoch(
                        second,
                        random.NextDouble() * 8,
                        random.NextDouble() * 4,
                        [
                            .. Enumerable
                                .Range(0, random.Next(4))
                                .Select(i =>
                                    SomeEvidence.Share($"silo-{i}/t0", random.NextDouble(), random.Next(3))
                                ),
                        ]
                    ),
                };
            }

            some.IsLive = random.Next(2) == 0;
            some.Record = some.Record with { Ended = some.IsLive ? null : SomeEvidence.At(second) };
            if (Goodput.Of(some.Evidence(second)) is not { } goodput)
                continue;
            Assert.True(
                Math.Abs(1 - goodput.Useful - goodput.Losses.Sum(loss => loss.Share)) < 1e-9,
                $"seed {seed}, run {run}"
            );
            var first = some.Evidence().Events.First(e => e.Event is "started" or "resumed").Time;
            Assert.True(
                Math.Abs(goodput.TrainerSeconds - (2 * (SomeEvidence.At(second) - first).TotalSeconds))
                    < 1e-6,
                $"seed {seed}, run {run}: {goodput.TrainerSeconds} of {2 * (SomeEvidence.At(second) - first).TotalSeconds} trainer-seconds are booked"
            );
        }
    }

    private static IEnumerable<(string Name, double Seconds)> Seconds(Goodput goodput) =>
        goodput
            .Losses.Select(loss => (loss.Name, Math.Round(loss.Share * goodput.TrainerSeconds, 6)))
            .OrderByDescending(loss => loss.Item2)
            .ThenBy(loss => loss.Name, StringComparer.Ordinal);
}
