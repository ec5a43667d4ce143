using System.Collections.Concurrent;

namespace MMOrleans.Journeys.Support;

/// <summary>A user at a shell: lines are typed, and every answer is looked at as a user would look at it.</summary>
internal sealed class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Codes of a command that did what it is there for: a flag that was only ever refused is on no way.</summary>
    private static readonly int[] Done = [0, 7, 8, 9, 130, 141, 143];

    private static readonly ConcurrentDictionary<string, bool> Pasted = new();

    private readonly string _home;
    private int _lines;

    /// <param name="home">A folder of this user's own, for programs, cache and notes; made if missing.</param>
    /// <param name="folder">Where the user is; made if missing.</param>
    public Shell(string home, string folder)
    {
        (_home, Folder) = (home, Directory.CreateDirectory(folder).FullName);
        Programs.Put(home);
    }

    /// <summary>The working folder.</summary>
    public string Folder { get; private set; }

    /// <summary>Variables of the session beside the usual ones.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Verbs and flags of all lines that were not refused.</summary>
    public ConcurrentDictionary<TypedFlag, bool> Typed { get; } = new();

    /// <summary>As <c>cd</c>, into a folder that is made if it is missing.</summary>
    public void Go(string folder) =>
        Folder = Directory.CreateDirectory(Path.Combine(Folder, folder)).FullName;

    /// <summary>Types a line, waits for its end, and checks what holds for every answer.</summary>
    /// <param name="line">As <c>bash</c> takes it.</param>
    /// <param name="exitCode">What it must end with.</param>
    /// <param name="input">Standard input.</param>
    public async Task<Answer> TypeAsync(string line, int exitCode = 0, string input = "")
    {
        await using var typed = Start(line, line, input);
        return await typed.EndAsync(exitCode, Patience);
    }

    /// <summary>Types a line of one command that goes on while others are typed.</summary>
    public TypedLine Start(string line) => Start(line, $"exec {line}", "");

    private TypedLine Start(string line, string script, string input)
    {
        var notes = Programs.Notes(_home, Interlocked.Increment(ref _lines), Folder);
        var process = new ChildProcess(
            "bash",
            ["-c", script],
            Folder,
            Programs.Environment(_home, notes, Variables),
            input
        );
        return new(line, Folder, process, answer => JudgeAsync(answer.Answer, answer.ExitCode, notes));
    }

    private async Task JudgeAsync(Answer answer, int exitCode, string notes)
    {
        var commands = Programs.Noted(notes);
        Manners.Check(answer, exitCode, isJson: commands is [var only] && only.Contains("--json"));
        if (Done.Contains(answer.ExitCode))
            foreach (var flag in commands.SelectMany(CommandTree.Read))
                Typed.TryAdd(flag, true);
        foreach (var command in PrintedCommands.In(answer.Printed).Concat(PrintedCommands.In(answer.Said)))
            await PasteAsync(command, answer);
    }

    /// <summary>What was printed is a command of this program; and where it only looks, and has no blanks to fill in, it works.</summary>
    private async Task PasteAsync(string command, Answer answer)
    {
        if (
            !CommandTree.IsBare(command)
            && CommandTree.WhyNot(PrintedCommands.Words(PrintedCommands.Filled(command))) is { } why
        )
            Assert.Fail($"'{command}' was printed, and is not a command: {why}\n{answer}");
        if (!PrintedCommands.IsHarmless(command) || PrintedCommands.Filled(command) != command)
            return;
        // An error's text is the same everywhere.
        var place = command.StartsWith("mm explain ", StringComparison.Ordinal) ? "" : Folder;
        if (!Pasted.TryAdd($"{place}\n{command}", true))
            return;
        var notes = Programs.Notes(_home, Interlocked.Increment(ref _lines), Folder);
        await using var process = new ChildProcess(
            "bash",
            ["-c", command],
            Folder,
            Programs.Environment(_home, notes, Variables),
            input: ""
        );
        var code = await process.EndAsync(Patience);
        Manners.Check(
            new($"{command}    (printed by: {answer.Line})", Folder, code, process.Printed, process.Said),
            0,
            false
        );
    }
}
