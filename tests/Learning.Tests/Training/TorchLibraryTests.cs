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

    [Fact]
    public void AbsentLibraryIsReportedWithTheFoldersSearched()
    {
        using var empty = new TemporaryFolder();

        var status = TorchLibrary.Look([empty.Path]);

        Assert.False(status.Loads);
        Assert.Contains(empty.Path, status.Reason, StringComparison.Ordinal);
        Assert.Null(status.Path);
    }

    [Fact]
    public void BrokenLibraryIsReportedInTheLoadersWords()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The file's name is that of Linux.");
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "libLibTorchSharp.so");
        File.WriteAllText(file, "no library");

        var status = TorchLibrary.Look([folder.Path]);

        Assert.False(status.Loads);
        Assert.Equal(file, status.Path);
        Assert.Contains("file too short", status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libLibTorchSharp.so")]
    [InlineData("libtorch_cpu.so")]
    public void LibraryThatWasCutShortIsReportedInsteadOfKillingTheProcess(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The files are Linux's.");
        using var folder = new TemporaryFolder();
        var whole = Path.GetDirectoryName(TorchLibrary.Probe().Path)!;
        var bytes = new byte[1 << 16];
        using (var stream = File.OpenRead(Path.Combine(whole, name)))
            stream.ReadExactly(bytes);
        if (name != "libLibTorchSharp.so")
            File.Copy(
                Path.Combine(whole, "libLibTorchSharp.so"),
                Path.Combine(folder.Path, "libLibTorchSharp.so")
            );
        var cut = Path.Combine(folder.Path, name);
        File.WriteAllBytes(cut, bytes);

        var status = TorchLibrary.Look([folder.Path]);

        Assert.False(status.Loads);
        Assert.Equal(cut, status.Path);
        Assert.Contains("65,536 bytes", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceThatIsAbsentIsRefusedWithWhatToDo()
    {
        Assert.SkipUnless(TorchDevices.CudaCount == 0, "This machine has a CUDA device.");
        TorchDevices.Require("auto");
        TorchDevices.Require("cpu");

        var fault = Assert.Throws<FaultException>(() => TorchDevices.Require("cuda"));

        Assert.Equal("MM9002", fault.Code);
        Assert.Contains("--device cpu", fault.Fix, StringComparison.Ordinal);
    }
}
