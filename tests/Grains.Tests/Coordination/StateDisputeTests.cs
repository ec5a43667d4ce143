using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class StateDisputeTests
{
    [Fact]
    public void WhoeverDiffersFromMoreThanHalfIsNamed() =>
        Assert.Equal(
            ["b"],
            StateDispute.Minority(
                new Dictionary<string, UInt128>
                {
                    ["a"] = 1,
                    ["b"] = 2,
                    ["c"] = 1,
                }
            )
        );

    [Fact]
    public void HalfIsNoMajority() =>
        Assert.Null(StateDispute.Minority(new Dictionary<string, UInt128> { ["a"] = 1, ["b"] = 2 }));

    [Fact]
    public void NobodyIsNamedWhenAllAgree() =>
        Assert.Equal([], StateDispute.Minority(new Dictionary<string, UInt128> { ["a"] = 1, ["b"] = 1 }));
}
