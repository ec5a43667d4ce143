using System.Diagnostics;
using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

public class TextFileTests
{
    private static readonly string[] Binary = [".ttf", ".png", ".gz", ".parquet"];

    /// <summary>A character that no editor shows makes searching tools take a file for a binary one, and pass over it.</summary>
    [Fact]
    public void NoTrackedTextHasAControlCharacter()
    {
        var found = Tracked()
            .Where(path => !Binary.Contains(Path.GetExtension(path)))
            .Select(path => (path, at: File.ReadAllBytes(path).AsSpan().IndexOfAny(Unseen)))
            .Where(file => file.at >= 0)
            .Select(file => $"{Path.GetRelativePath(Checkout.Root, file.path)} at byte {file.at}");

        Assert.Empty(found);
    }

    /// <summary>All but tab, line feed and carriage return.</summary>
    private static byte[] Unseen { get; } =
    [.. Enumerable.Range(0, ' ').Append(127).Select(c => (byte)c).Except("\t\n\r"u8.ToArray())];

    private static IEnumerable<string> Tracked()
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", ["-C", Checkout.Root, "ls-files", "-z"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var listed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return listed
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => Path.Combine(Checkout.Root, name))
            .Where(File.Exists);
    }
}
