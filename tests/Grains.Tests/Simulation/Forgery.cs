using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Contributions as no trainer sends them: of another run, damaged, or of the wrong phase. A segment refuses each, and goes on as if it had not come.</summary>
internal static class Forgery
{
    /// <summary>Gives a segment one forged contribution after another.</summary>
    /// <param name="rounds">The segment.</param>
    /// <param name="genuine">What it was given last.</param>
    /// <returns>Those that it took; none.</returns>
    public static IEnumerable<string> Taken(SegmentRounds rounds, Contribution genuine)
    {
        var shape = genuine.Shape;
        var bytes = shape.Elements * shape.ElementBytes;
        var bare = genuine with { Blocks = [], Settled = null, Reads = false };
        (string What, Contribution Forged)[] forgeries =
        [
            ("a round before the first", bare with { Round = -1 }),
            ("another run's shape", bare with { Shape = shape with { Slots = shape.Slots + 1 } }),
            ("a block that is too long", bare with { Blocks = [Of(0, 1, bytes + shape.ElementBytes)] }),
            ("slots beyond the last", bare with { Blocks = [Of(shape.Slots, shape.Slots + 1, bytes)] }),
            ("a result that is too short", bare with { Settled = Result(bytes - shape.ElementBytes) }),
            ("another result than its own", bare with { Settled = Result(bytes) }),
        ];
        foreach (var (what, forged) in forgeries)
            // Of a round that is still open a segment believes a result; only one that it has itself can differ.
            if (
                (what != forgeries[^1].What || IsAveraged(rounds, genuine.Round))
                && (what != forgeries[^2].What || rounds.Answer(genuine.Round) is null)
                && !IsRefused(rounds, forged)
            )
                yield return what;
        if (
            rounds.Answer(genuine.Round) is null
            && rounds.Contribute(bare with { Phase = Other(genuine.Phase) })
                is not { Outcome: SegmentOutcome.WrongPhase }
        )
            yield return "another phase";
    }

    private static bool IsRefused(SegmentRounds rounds, Contribution forged)
    {
        try
        {
            // Late ones are answered and not looked into.
            return rounds.Contribute(forged) is { Outcome: not SegmentOutcome.Averaged }
                || (forged.Settled is null && rounds.Answer(forged.Round) is not null);
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static bool IsAveraged(SegmentRounds rounds, long round) =>
        rounds.Answer(round) is { Outcome: SegmentOutcome.Averaged };

    private static Phase Other(Phase phase) => phase == Phase.Main ? Phase.Deferred : Phase.Main;

    private static Block Of(int start, int end, int bytes) => new(new(start, end), Zeroes(bytes), default);

    private static SettledRound Result(int bytes) => new(Zeroes(bytes), default);

    private static VectorChunk Zeroes(int bytes) => VectorChunk.Borrow(new byte[bytes]);
}
