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
        Assert.Contains(CublasWorkspace.Current, (string[])[":4096:8", ":16:8"]);
        Assert.False(DeterministicKernels.AreOn);
    }

    [Fact]
    public void WorkspaceThatDoesNotRepeatResultsIsRefused()
    {
        var fault = Assert.Throws<FaultException>(() => CublasWorkspace.Check(":0:0"));
        CublasWorkspace.Check(":16:8");

        Assert.Equal("MM9002", fault.Code);
        Assert.Contains(":0:0", fault.Message, StringComparison.Ordinal);
    }
}
