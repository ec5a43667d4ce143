using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Diagnosis;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm doctor</c>: looks at this machine and says what would stop a run.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "doctor",
            "Check this machine: native library, devices, threads, shared memory, disk, file system, runs, data, telemetry, object store, cluster; exit 9 if a run would fail."
        );
        command.SetAction(async input =>
        {
            var settings = GlobalOptions.Read(input, context);
            var terminal = new Terminal(
                context.Output,
                context.Error,
                context.OutputIsTerminal,
                context.ErrorIsTerminal,
                name => context.Environment[name],
                settings.Color
            );
            List<Finding> findings = [];
            foreach (var check in Checks.All)
                findings.Add(await check(context, settings));
            if (settings.Json)
                RunJson.Write(context.Output, Document(findings));
            else
                terminal.WriteLines(Lines(findings));
            return findings.Any(f => f.Level == FindingLevel.Failure) ? ExitCode.Machine : ExitCode.Success;
        });
        return command;
    }

    private static JsonObject Document(IReadOnlyList<Finding> findings)
    {
        var document = RunJson.Of("doctor");
        document["ok"] = findings.All(f => f.Level != FindingLevel.Failure);
        document["checks"] = new JsonArray([
            .. findings.Select(finding => new JsonObject
            {
                ["level"] = Word(finding.Level),
                ["what"] = finding.What,
                ["detail"] = finding.Detail,
                ["fix"] = finding.Fix,
            }),
        ]);
        return document;
    }

    private static IEnumerable<Line> Lines(IReadOnlyList<Finding> findings)
    {
        var width = findings.Max(f => f.What.Length) + 9;
        foreach (var finding in findings.OrderByDescending(f => f.Level))
        {
            yield return new Line()
                .Add(
                    Word(finding.Level),
                    finding.Level switch
                    {
                        FindingLevel.Ok => "green",
                        FindingLevel.Warning => "yellow",
                        _ => "bold red",
                    }
                )
                .To(6)
                .Add(finding.What, "bold")
                .To(width, least: 1)
                .Add(finding.Detail);
            if (finding.Fix is { } fix)
                yield return new Line().To(6).Add("fix: ", "grey").Add(fix);
        }
    }

    private static string Word(FindingLevel level) =>
        level switch
        {
            FindingLevel.Ok => "ok",
            FindingLevel.Warning => "warn",
            _ => "FAIL",
        };
}
