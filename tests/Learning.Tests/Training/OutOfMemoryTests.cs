using System.Runtime.InteropServices;
using MMOrleans.Learning.Training;

namespace MMOrleans.Learning.Tests.Training;

#pragma warning disable CA2201 // what the runtime and the native library throw is what has to be understood
public class OutOfMemoryTests
{
    [Theory]
    [InlineData(
        "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 67108864 bytes. Error code 12 (Cannot allocate memory)",
        67_108_864L,
        null
    )]
    [InlineData(
        "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 7.79 GiB of which 512.00 MiB is free.",
        2_684_354_560L,
        536_870_912L
    )]
    public void TheNativeLibrarysWordsAreUnderstood(string message, long? wanted, long? free) =>
        Assert.Equal((wanted, free), OutOfMemory.Of(new ExternalException(message)));

    /// <summary>Four pebibytes, which no machine has: the native library's own refusal.</summary>
    [Fact]
    public void ARealAllocationThatFailsIsUnderstood()
    {
        var refused = Assert.ThrowsAny<Exception>(() => TorchSharp.torch.zeros(1L << 50));

        Assert.Equal((1L << 52, null), OutOfMemory.Of(refused));
    }

    [Fact]
    public void TheRuntimesOwnIsToo() =>
        Assert.Equal((null, null), OutOfMemory.Of(new OutOfMemoryException()));

    [Fact]
    public void TheFaultBehindAnotherCounts() =>
        Assert.NotNull(OutOfMemory.Of(new AggregateException(new OutOfMemoryException())));

    [Fact]
    public void AnotherFaultIsNone() =>
        Assert.Null(OutOfMemory.Of(new ExternalException("mat1 and mat2 shapes cannot be multiplied")));
}
