using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

// The version is asked for by scripts and by people in a hurry: nothing but this assembly is loaded for it.
if (args is ["--version"] or ["--version", "--json"] or ["--json", "--version"])
{
    var version = typeof(CommandContext)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+', 2);
    var commit = version.Length > 1 ? version[1] : "unknown";
    Console.Out.WriteLine(
        args.Length == 1
            ? $"mm {version[0]}\ncommit {commit}\n{RuntimeInformation.FrameworkDescription}"
            : $"{{\"schema\":\"mm/version/v1\",\"version\":\"{version[0]}\",\"commit\":\"{commit}\",\"dotnet\":\"{Environment.Version}\"}}"
    );
    return 0;
}

return await StartAsync(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static async Task<int> StartAsync(string[] args)
{
    // First: from here on no signal is lost, and none ends the process without its exit code.
    using var signals = new StopSignals();
    string folder;
    try
    {
        folder = Environment.CurrentDirectory;
    }
    catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
    {
        return new ErrorRenderer(Console.Error, args.Contains("--json"), args.Contains("-v")).Write(
            SystemFault.NoWorkingFolder(gone)
        );
    }

    var context = new CommandContext
    {
        Input = StandardInput.Open(),
        Output = new LostWriter(Console.Out, () => signals.IsHungUp),
        Error = new LostWriter(Console.Error, () => true),
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Environment = new EnvironmentSnapshot(
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string)(entry.Value ?? ""))
        ),
        Clock = TimeProvider.System,
        WorkingFolder = folder,
        Signals = signals,
    };
    var code = await MmApplication.RunAsync(args, context, signals);
    if (signals.Token.IsCancellationRequested)
    {
        // Something that was given up may still compute, or wait for input; nothing is left to be done for it.
        context.Output.Flush();
        ForcedExit.With(code);
    }

    return code;
}
