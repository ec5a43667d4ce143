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

    /// <summary>Two cards, drivers or versions of cuDNN choose other kernels, and so other bits.</summary>
    [Fact]
    public void FingerprintOfACudaBuildNamesCardDriverAndCuDnn()
    {
        var here = new CudaFacts(["NVIDIA H200 9.0", "NVIDIA H200 9.0"], "570.86.15", "9.1.0");

        var fingerprint = TorchLibrary.Fingerprint(here);

        Assert.Contains("; cuda; ", fingerprint, StringComparison.Ordinal);
        Assert.EndsWith(
            "; NVIDIA H200 9.0; driver 570.86.15; cudnn 9.1.0",
            fingerprint,
            StringComparison.Ordinal
        );
        Assert.All(
            new[]
            {
                here with
                {
                    Cards = ["NVIDIA A100-SXM4-80GB 8.0"],
                },
                here with
                {
                    Cards = ["NVIDIA H200 9.0", "NVIDIA A100-SXM4-80GB 8.0"],
                },
                here with
                {
                    Driver = "550.54.14",
                },
                here with
                {
                    CuDnn = "9.2.0",
                },
            },
            other => Assert.NotEqual(fingerprint, TorchLibrary.Fingerprint(other))
        );
        Assert.EndsWith(
            "; unknown card; driver unknown; cudnn unknown",
            TorchLibrary.Fingerprint(new CudaFacts([], "", "")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc version 12.2.0\n",
        "535.104.05"
    )]
    [InlineData(
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build  (dvs-builder@U16)  Fri Jan 24\n",
        "570.86.15"
    )]
    [InlineData("something else 1.2", "")]
    public void DriverIsFoundInWhatItSaysOfItself(string text, string version) =>
        Assert.Equal(version, CudaFacts.DriverIn(text));

    [Theory]
    [InlineData(90100, "9.1.0")]
    [InlineData(91002, "9.10.2")]
    [InlineData(8902, "8.9.2")]
    public void VersionOfCuDnnIsWrittenAsPeopleDo(ulong number, string version) =>
        Assert.Equal(version, CudaFacts.CuDnnOf(number));

    /// <summary>Where there is no driver nothing is known, and nothing is thrown.</summary>
    [Fact]
    public void FactsAreAskedForWhereThereAreNone()
    {
        Assert.SkipWhen(TorchDevices.CudaCount > 0, "This machine has a card.");

        Assert.Equal("", CudaFacts.Read(AppContext.BaseDirectory).CuDnn);
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
