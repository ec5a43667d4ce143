using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>The command line <c>mm</c> as a process of its own.</summary>
internal static class Mm
{
    /// <summary>Starts it.</summary>
    public static ChildProcess Start(string address, params string[] arguments) =>
        Start(address, null, arguments);

    /// <summary>Starts it with a certificate to show.</summary>
    public static ChildProcess Start(string address, TlsFiles? tls, params string[] arguments) =>
        new(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "mm.dll"), .. arguments],
            Path.GetTempPath(),
            tls is null
                ? new() { ["MM_CLUSTER"] = address }
                : new Dictionary<string, string>
                {
                    ["MM_CLUSTER"] = address,
                    ["MM_TLS_CERT"] = tls.Certificate,
                    ["MM_TLS_KEY"] = tls.Key,
                    ["MM_TLS_CA"] = tls.Authority,
                }
        );

    /// <summary>Runs it to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(string address, params string[] arguments) =>
        RunAsync(address, null, arguments);

    /// <summary>Runs it to its end with a certificate to show.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string address,
        TlsFiles? tls,
        params string[] arguments
    )
    {
        await using var process = Start(address, tls, arguments);
        var code = await process.EndAsync(TimeSpan.FromSeconds(60));
        return (code, process.Output);
    }

    /// <summary>Sends a short run off.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> TrainAsync(string address, int epochs, params string[] more)
    {
        var (code, output) = await RunAsync(
            address,
            ["train", "--detach", "--quiet", "--epochs", $"{epochs}", "--no-progress", .. more]
        );
        Assert.True(code == 0, output);
        return output.Trim();
    }
}
