using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm config</c>: writes, checks and documents configuration files.</summary>
internal static class ConfigCommand
{
    private const string SchemaLine = "# yaml-language-server: $schema=./run.schema.json";

    public static Command Create(CommandContext context) =>
        new(
            "config",
            "Write a commented configuration file, check one, document a key, print the JSON Schema."
        )
        {
            Init(context),
            Check(context),
            Explain(context),
            Schema(context),
        };

    private static Command Init(CommandContext context)
    {
        var file = new Argument<string?>("file")
        {
            Description = "file to write; without it the text goes to stdout",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("init", "Write a commented configuration file with a preset's values.")
        {
            file,
        };
        foreach (var option in RunOptions.Create())
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var run = RunConfiguration.Resolve(RunOptions.Sources(parsed, context, null));
            var written = Documented(run);
            if (parsed.GetValue(file) is not { } name)
                context.Output.Write(written);
            else
                WriteNew(Path.Combine(context.WorkingFolder, name), name, written);
            return ExitCode.Success;
        });
        return command;
    }

    private static string Documented(ResolvedRun run)
    {
        var values = run.Origins.ToDictionary(line => line.Key);
        // A key that the method does not use is refused where it is read.
        var used = run.Written.Select(line => line.Key).ToHashSet();
        // Values that follow from others stay auto, so that changing one does not leave the others behind.
        var lines = ConfigKeys
            .All.Where(key => used.Contains(key.Path))
            .Select(key =>
                key.Value.Auto && !values[key.Path].Origin.StartsWith("--", StringComparison.Ordinal)
                    ? new KeyOrigin(key.Path, key.BuiltIn, "")
                    : values[key.Path]
            );
        return $"{SchemaLine}\n{ConfigurationWriter.Write(lines, key => ConfigKeys.Find(key)!.Doc)}";
    }

    private static void WriteNew(string path, string name, string text)
    {
        if (Path.Exists(path))
            throw new FaultException(
                "MM5003",
                Directory.Exists(path) ? $"{name} is a folder" : $"{name} exists and is not overwritten",
                "choose another name, or remove it first"
            );
        try
        {
            // Whole or not at all: what a full disk takes of it is not a configuration.
            AtomicFile.Write(path, text, key: "mm config init FILE");
        }
        catch (FaultException fault) when (fault.InnerException is DirectoryNotFoundException)
        {
            throw new FaultException(
                "MM5003",
                $"there is no folder for {name}",
                $"mkdir -p {Shell.Path(Path.GetDirectoryName(name) is { Length: > 0 } folder ? folder : ".")}",
                fault
            );
        }
    }

    private static Command Check(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "file to check", HelpName = "FILE" };
        var origins = new Option<bool>("--origins") { Description = "where each value comes from" };
        var command = new Command("check", "Check a configuration file; all problems at once.")
        {
            file,
            origins,
        };
        foreach (var option in RunOptions.Create())
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(file);
            var run = RunConfiguration.Resolve(RunOptions.Sources(parsed, context, name));
            if (GlobalOptions.Read(parsed, context).Json)
                context.Output.WriteJson(
                    "mm/config-check/v1",
                    new
                    {
                        file = name,
                        valid = true,
                        preset = run.Preset,
                        specification = JsonNode.Parse(SpecificationDocument.Write(run.Specification)),
                        specification_sha256 = SpecificationDocument.Hash(run.Specification),
                        origins = run.Origins.Select(line => new
                        {
                            line.Key,
                            line.Value,
                            line.Origin,
                        }),
                    }
                );
            else if (parsed.GetValue(origins))
                foreach (var line in run.Origins)
                    context.Output.WriteLine($"{line.Key, -32} {line.Value, -28} {line.Origin}");
            else
                context.Output.WriteLine(
                    $"{ConfigurationText.NameOf(name)} is fine: {run.Specification.Method.Name} on {run.Specification.Dataset.Name}, {run.Specification.Epochs} epochs (preset {run.Preset})"
                );
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Explain(CommandContext context)
    {
        var key = new Argument<string?>("key")
        {
            Description = "key or section; without it all keys",
            HelpName = "KEY",
            Arity = ArgumentArity.ZeroOrOne,
        };
        key.CompletionSources.Add(_ =>
            ConfigKeys.All.Select(k => new System.CommandLine.Completions.CompletionItem(k.Path))
        );
        var command = new Command("explain", "Document a key of the configuration.") { key };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(key) ?? "";
            var found = ConfigKeys.Find(asked) is { } one
                ? [one]
                : ConfigKeys
                    .All.Where(k =>
                        asked.Length == 0 || k.Path.StartsWith(asked + ".", StringComparison.Ordinal)
                    )
                    .ToList();
            if (found.Count == 0)
                throw new FaultException(
                    "MM1003",
                    $"unknown key '{asked}'{Suggestion.Ask(asked, ConfigKeys.All.Select(k => k.Path))}",
                    "mm config explain lists all keys"
                );
            if (GlobalOptions.Read(parsed, context).Json)
                context.Output.WriteJson("mm/config-keys/v1", new { keys = found.Select(Describe) });
            else if (found is [var single])
                context.Output.WriteLine(
                    $"{single.Path}\n  {single.Doc}\n  takes     {Takes(single)}\n  built in  {single.BuiltIn}\n  flag      {single.Flag ?? "--set " + single.Path + "=" + single.Value.Example}\n  variable  {Variable(single)}"
                );
            else
                foreach (var k in found)
                    context.Output.WriteLine($"{k.Path, -32} {k.BuiltIn, -18} {k.Doc}");
            return ExitCode.Success;
        });
        return command;
    }

    private static object Describe(Key key) =>
        new
        {
            key = key.Path,
            doc = key.Doc,
            takes = Takes(key),
            built_in = key.BuiltIn,
            flag = key.Flag,
            variable = Variable(key),
        };

    private static string Takes(Key key) =>
        key.Value.Wants + (key.Value.Auto ? ", or auto" : "") + (key.Value.Nullable ? ", or null" : "");

    private static string Variable(Key key) => $"MM_SET__{key.Path.ToUpperInvariant().Replace(".", "__")}";

    private static Command Schema(CommandContext context)
    {
        var command = new Command("schema", "Print the JSON Schema of configuration files.");
        command.SetAction(_ =>
        {
            context.Output.WriteLine(
                ConfigSchema.Create().ToJsonString(new JsonSerializerOptions { WriteIndented = true })
            );
            return ExitCode.Success;
        });
        return command;
    }
}
