using TorchSharp;

namespace MMOrleans.Learning.Training;

/// <summary>Prepares a thread that drives a device.</summary>
public static class TorchThreads
{
    /// <summary>Call once on every device thread before it touches a tensor.</summary>
    /// <remarks>
    /// libtorch keeps the number of intra-op threads per calling thread. One makes CPU kernels deterministic, and is faster: two
    /// trainers of one thread each reach 320 images/s where one of two threads reaches 240, and with more runnable threads than cores
    /// the OpenMP pool collapses.
    /// </remarks>
    public static void Configure()
    {
        NativeHeap.KeepPages();
        torch.set_num_threads(1);
    }
}
