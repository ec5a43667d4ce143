using MMOrleans.Learning.Training;
using TorchSharp;

namespace MMOrleans.Learning.Tests.Training;

public class TorchLibraryTests
{
    [Fact]
    public void LibtorchLoadsInTheVersionThatIsWanted()
    {
        var status = TorchLibrary.Probe();

        Assert.True(status.Loads, status.Reason);
        Assert.Equal(status.Wanted, status.Found);
        Assert.Null(status.Reason);
    }

    [Fact]
    public void TensorsComputeWithTheLoadedLibrary()
    {
        using var sum = torch.ones(3, 4).sum();

        Assert.Equal(12f, sum.item<float>());
    }

    [Fact]
    public void FingerprintNamesLibraryDeviceAndProcessor()
    {
        var fingerprint = TorchLibrary.Fingerprint(torch.CPU);

        Assert.Contains("libtorch 2.10.0; cpu; ", fingerprint, StringComparison.Ordinal);
        Assert.EndsWith(TorchLibrary.CpuCapability, fingerprint, StringComparison.Ordinal);
    }
}
