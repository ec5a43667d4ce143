using System.Diagnostics;

namespace MMOrleans.Bench;

/// <summary>Two machines as far as the network knows: namespaces that a virtual cable joins, and nothing else.</summary>
/// <remarks>Needs <c>ip</c> and <c>tc</c>, and the right to use them; gone when disposed.</remarks>
internal sealed class NetworkLink : IDisposable
{
    /// <summary>Name of the cable's end in either machine.</summary>
    public const string Interface = "mm0";

    private readonly string[] _machines = [$"mm-{Environment.ProcessId}-a", $"mm-{Environment.ProcessId}-b"];

    private NetworkLink() { }

    /// <summary>Lays the cable.</summary>
    /// <param name="rate">As <c>tc</c> has it, such as 1gbit; null for what the machine can do.</param>
    /// <exception cref="InvalidOperationException">The machine does not let us.</exception>
    public static NetworkLink Lay(string? rate)
    {
        var link = new NetworkLink();
        try
        {
            var (one, other) = (link._machines[0], link._machines[1]);
            foreach (var machine in link._machines)
                Do("ip", "netns", "add", machine);
            Do([
                "ip",
                "link",
                "add",
                Interface,
                "netns",
                one,
                "type",
                "veth",
                "peer",
                "name",
                Interface,
                "netns",
                other,
            ]);
            for (var i = 0; i < link._machines.Length; i++)
            {
                var machine = link._machines[i];
                Do("ip", "-n", machine, "addr", "add", $"{Address(i)}/24", "dev", Interface);
                Do("ip", "-n", machine, "link", "set", "lo", "up");
                Do("ip", "-n", machine, "link", "set", Interface, "up");
                if (rate is not null)
                    Do([
                        .. Inside(i),
                        .. $"tc qdisc add dev {Interface} root tbf rate {rate} burst 256kb latency 50ms".Split(
                            ' '
                        ),
                    ]);
            }

            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }

        string[] Inside(int machine) => link.Inside(machine);
    }

    /// <summary>Address of a machine.</summary>
    public static string Address(int machine) => $"10.77.0.{machine + 1}";

    /// <summary>What a command begins with that is to run on a machine.</summary>
    public string[] Inside(int machine) => ["ip", "netns", "exec", _machines[machine]];

    /// <summary>Removes both machines, and the cable with them.</summary>
    public void Dispose()
    {
        foreach (var machine in _machines)
        {
            using var removal = Process.Start("ip", ["netns", "del", machine]);
            removal.WaitForExit();
        }
    }

    private static void Do(params string[] command)
    {
        using var process =
            Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{command[0]} does not start.");
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"No link between two network namespaces: `{string.Join(' ', command)}` said: {said.Trim()}"
            );
    }
}
