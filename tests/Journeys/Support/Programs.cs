using System.Runtime.InteropServices;
using System.Text;
using MMOrleans.Tests;

namespace MMOrleans.Journeys.Support;

/// <summary>The built programs, as a user's shell finds them, with a note of every command that was really started.</summary>
internal static class Programs
{
    private const string Typed = "JOURNEY_TYPED";

    /// <summary><c>Release/net10.0</c>, or what else this test was built as.</summary>
    private static readonly string Built = Path.Combine(
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)[
            ^2..
        ]
    );

    /// <summary>The program <c>mm</c> in its project's own output.</summary>
    public static string Mm { get; } = Path.Combine(Checkout.Root, "Client", "bin", Built, "mm");

    /// <summary>Puts them on the path of a user.</summary>
    public static void Put(string home)
    {
        var script = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "bin")).FullName, "mm");
        Directory.CreateDirectory(Path.Combine(home, "notes"));
        if (File.Exists(script))
            return;
        Assert.True(File.Exists(Mm), $"{Mm} is not built");
        // It becomes the program: signals and exit codes are the program's.
        File.WriteAllText(
            script,
            $"""
            #!/bin/sh
            printf '%s\0' "$#" "$@" >> "${Typed}"
            exec '{Mm}' "$@"

            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                script,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }

    /// <summary>Where the commands of one line are noted.</summary>
    public static string Notes(string home, int line, string folder) =>
        Path.Combine(home, "notes", $"{line:0000}-{Math.Abs(folder.GetHashCode(StringComparison.Ordinal))}");

    /// <summary>Variables of a user's session: nothing of what the machine says of data, clusters and tokens reaches it.</summary>
    public static IReadOnlyDictionary<string, string> Environment(
        string home,
        string notes,
        IReadOnlyDictionary<string, string> own
    )
    {
        var variables = System
            .Environment.GetEnvironmentVariables()
            .Keys.Cast<string>()
            .Where(name =>
                name.StartsWith("MM_", StringComparison.Ordinal)
                || name.StartsWith("OTEL_", StringComparison.Ordinal)
            )
            .ToDictionary(name => name, _ => "");
        variables["HOME"] = home;
        variables["XDG_CACHE_HOME"] = "";
        variables["LC_ALL"] = "C.UTF-8";
        variables["PATH"] =
            $"{Path.Combine(home, "bin")}:{System.Environment.GetEnvironmentVariable("PATH")}";
        variables["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
        );
        variables[Typed] = notes;
        foreach (var (name, value) in own)
            variables[name] = value;
        return variables;
    }

    /// <summary>Arguments of every <c>mm</c> that a line started.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Noted(string notes)
    {
        if (!File.Exists(notes))
            return [];
        var words = Encoding.UTF8.GetString(File.ReadAllBytes(notes)).Split('\0')[..^1];
        var commands = new List<IReadOnlyList<string>>();
        for (var at = 0; at < words.Length; )
        {
            var count = int.Parse(words[at]);
            commands.Add(words[(at + 1)..(at + 1 + count)]);
            at += 1 + count;
        }

        return commands;
    }
}
