using MMOrleans.Learning.Training;

namespace MMOrleans.Learning.Tests.Training;

// The switch is the process's: nothing else may compute meanwhile.
[CollectionDefinition(nameof(DeterministicKernelsTests), DisableParallelization = true)]
[Collection(nameof(DeterministicKernelsTests))]
public class DeterministicKernelsTests
{
    [Fact]
    public void DeterministicKernelsCanBeSwitchedOnAndOff()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The switch is reached by the names it has on Linux.");
        Assert.False(DeterministicKernels.AreOn);

        DeterministicKernels.Use(true);
        var on = DeterministicKernels.AreOn;
        DeterministicKernels.Use(false);

        Assert.True(on);
        Assert.False(DeterministicKernels.AreOn);
    }
}
