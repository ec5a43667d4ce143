using System.Globalization;
using MMOrleans.Learning.Training;
using TorchSharp;

namespace MMOrleans.Learning.Tests.Training;

public class NativeHeapTests
{
    private const int PageBytes = 4096;

    [Fact]
    public void AStepReusesThePagesOfTheOneBefore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mallopt is glibc's");
        const int tensors = 40,
            megabytes = 4,
            steps = 20;
        var faults = 0L;
        var thread = new Thread(() =>
        {
            TorchThreads.Configure();
            Step();
            // The least of three: a kernel that is short of memory, or takes idle pages back, takes them from anybody.
            faults = Enumerable.Range(0, 3).Min(_ => Faults());
        });
        thread.Start();
        thread.Join();
        Assert.SkipUnless(NativeHeap.KeepPages(), "this C library has no mallopt");

        // glibc as it comes faults on every tenth page; kept, on fewer than one in a hundred.
        Assert.InRange(faults, 0, (long)steps * tensors * megabytes * (1 << 20) / PageBytes / 40);

        static long Faults()
        {
            var before = PageFaults();
            for (var i = 0; i < steps; i++)
                Step();
            return PageFaults() - before;
        }

        static void Step()
        {
            var held = Enumerable
                .Range(0, tensors)
                .Select(_ => torch.ones(megabytes * (1 << 20) / sizeof(float)))
                .ToList();
            held.ForEach(tensor => tensor.Dispose());
        }
    }

    /// <summary>Minor faults of this thread: the tenth number of <c>stat</c>.</summary>
    private static long PageFaults() =>
        long.Parse(
            File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[7],
            CultureInfo.InvariantCulture
        );
}
