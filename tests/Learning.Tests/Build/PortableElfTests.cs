using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MMOrleans.Build;

namespace MMOrleans.Learning.Tests.Build;

public class PortableElfTests
{
    private const string Name = "libLibTorchSharp.so";

    [Fact]
    public void PackageCachesFileIsStillTheOneOfThePackage()
    {
        var cached = CachedFile();
        var package = Directory.GetFiles(PackageFolder(), "*.nupkg").Single();
        using var archive = ZipFile.OpenRead(package);
        using var packed = archive.GetEntry($"runtimes/linux-x64/native/{Name}")!.Open();

        Assert.Equal(SHA256.HashData(packed), SHA256.HashData(cached));
    }

    [Fact]
    public void OutputHoldsThePatchedCopy()
    {
        var patched = PortableElf.Patch(CachedFile());

        Assert.Equal(patched, File.ReadAllBytes(OutputFile()));
        NativeLibrary.Free(NativeLibrary.Load(OutputFile()));
    }

    [Fact]
    public void PatchChangesTheNameTheVersionIndexAndTheWeakFlagOnly()
    {
        var original = CachedFile();
        var patched = PortableElf.Patch(original);

        // 23 letters and two terminators over 27 letters, of which some agree; one 16-bit index; one flag.
        Assert.Equal(original.Length, patched.Length);
        Assert.InRange(original.Zip(patched).Count(pair => pair.First != pair.Second), 4, 31);
    }

    [Fact]
    public void FileThatIsNotTheLibraryIsRefusedWithTheDifference()
    {
        var twice = PortableElf.Patch(CachedFile());

        Assert.Contains("0 symbols", Refusal(twice), StringComparison.Ordinal);
        Assert.Contains("not an ELF file", Refusal(new byte[100]), StringComparison.Ordinal);
        Assert.Contains("ends before", Refusal(CachedFile()[..100]), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] file) =>
        Assert.Throws<InvalidDataException>(() => PortableElf.Patch(file)).Message;

    private static byte[] CachedFile() =>
        File.ReadAllBytes(Path.Combine(PackageFolder(), "runtimes", "linux-x64", "native", Name));

    private static string OutputFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is patched on Linux only.");
        return Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", Name);
    }

    // The build writes the folder into the test assembly; it exists wherever the tests were built.
    private static string PackageFolder()
    {
        var folder = typeof(PortableElfTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "TorchSharpPackage")
            .Value!;
        Assert.SkipUnless(Directory.Exists(folder), $"The package cache {folder} is gone since the build.");
        return folder;
    }
}
