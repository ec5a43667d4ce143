using System.Runtime.InteropServices;

namespace MMOrleans.Client.Processes;

/// <summary>The process that reads this process's standard output through a pipe.</summary>
internal static class OutputReader
{
    private const int StandardOutput = 1;
    private const int Interrupted = 4; // EINTR

    /// <summary>Calls back when the reader closes its end; never where the output is not a pipe.</summary>
    public static void WhenGone(Action act)
    {
        // Without events asked for, poll returns when the other end is closed, and not before: the thread sleeps until then.
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
            new Thread(() =>
            {
                if (IsClosed())
                    act();
            })
            {
                IsBackground = true,
                Name = "output reader",
            }.Start();
    }

    private static bool IsClosed()
    {
        while (true)
        {
            var output = new PollDescriptor { Descriptor = StandardOutput };
            var answer = Poll(ref output, 1, timeout: -1);
            if (answer > 0)
                return true;
            if (answer < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                return false;
        }
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
