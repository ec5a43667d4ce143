using MMOrleans.Grains.Segments;

namespace MMOrleans.Grains.Tests.Segments;

public class StateTallyTests
{
    private readonly StateTally _tally = new();

    [Fact]
    public void ContributorsFromOneStateDoNotDiffer()
    {
        _tally.Note("a/t0", 1);
        _tally.Note("b/t0", 1);
        _tally.Note("a/t0", 1); // it asked again

        Assert.False(_tally.Differ);
        Assert.Equal(2, _tally.Count);
    }

    [Fact]
    public void TwoStatesDifferUntilNobodyHasTheOther()
    {
        _tally.Note("b/t0", 2);
        _tally.Note("c/t0", 2);
        _tally.Note("a/t0", 1);
        Assert.True(_tally.Differ);
        Assert.Equal(
            $"a/t0 {new string('0', 31)}1, b/t0 {new string('0', 31)}2, c/t0 {new string('0', 31)}2",
            _tally.ToString()
        );

        _tally.Note("a/t0", 2); // it has copied the state meanwhile
        Assert.False(_tally.Differ);
    }
}
