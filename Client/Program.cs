using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MMOrleans.Client;
using MMOrleans.Client.Errors;
using MMOrleans.Configuration;

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
        Input = Console.In,
        Output = Console.Out,
        Error = Console.Error,
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
    };
    using var signals = new StopSignals();
    return await MmApplication.RunAsync(args, context, signals);
}
