namespace MMOrleans.Kubernetes.Tests.Monitoring;

/// <summary>Programs that may be on this machine.</summary>
internal static class Programs
{
    /// <returns>Its path; null when it is not on the PATH.</returns>
    public static string? Find(string program) =>
        Environment
            .GetEnvironmentVariable("PATH")
            ?.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>The same, or the test is skipped.</summary>
    public static string Require(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(
            path is null,
            $"there is no {program} on this machine; Debian has it in the package prometheus"
        );
        return path!;
    }
}
