using System.CommandLine;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm completion SHELL</c>: a script that asks mm itself, so that it never falls behind the verbs.</summary>
internal static class CompletionCommand
{
    // mm answers "[suggest:POSITION]" "LINE" with a word a line.
    private static readonly IReadOnlyDictionary<string, string> Scripts = new SortedDictionary<
        string,
        string
    >(StringComparer.Ordinal)
    {
        ["bash"] = """
            # mm: source <(mm completion bash)
            _mm_complete() {
                local word=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
                # bash cuts words at '=' and ':'; what stands before the cut is on the line already
                local before=${COMP_LINE:0:COMP_POINT}
                before=${before##* }
                local cut=${before%"$word"} candidates candidate
                candidates=$(mm "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
                COMPREPLY=()
                for candidate in $candidates; do
                    case $candidate in "$before"*) COMPREPLY+=("${candidate#"$cut"}") ;; esac
                done
                case ${COMPREPLY[0]:-} in *=) compopt -o nospace 2>/dev/null ;; esac
            }
            complete -o default -F _mm_complete mm
            """,
        ["fish"] = """
            # mm: mm completion fish | source
            function __mm_complete
                set -l line (commandline -cp)
                mm "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c mm -f -a "(__mm_complete)"
            """,
        ["pwsh"] = """
            # mm: mm completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName mm -ScriptBlock {
                param($word, $tree, $position)
                mm "[suggest:$position]" "$tree" 2>$null |
                    Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
        ["zsh"] = """
            # mm: source <(mm completion zsh)
            _mm_complete() {
                local -a candidates
                candidates=(${(f)"$(mm "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"})
                compadd -S '' -- ${(M)candidates:#*=}
                compadd -- ${candidates:#*=}
            }
            compdef _mm_complete mm
            """,
    };

    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("shell")
        {
            Description = string.Join(", ", Scripts.Keys),
            HelpName = "SHELL",
        };
        shell.CompletionSources.Add(_ =>
            Scripts.Keys.Select(name => new System.CommandLine.Completions.CompletionItem(name))
        );
        var command = new Command(
            "completion",
            "Print a completion script: verbs, flags, presets, keys, run ids."
        )
        {
            shell,
        };
        command.SetAction(input =>
        {
            var name = input.GetRequiredValue(shell);
            if (!Scripts.TryGetValue(name, out var script))
                throw new FaultException(
                    "MM1004",
                    $"there is no completion for '{name}'{Suggestion.Ask(name, Scripts.Keys)}",
                    $"one of: {string.Join(", ", Scripts.Keys)}"
                );
            if (GlobalOptions.Read(input, context).Json)
                context.Output.WriteJson("mm/completion/v1", new { shell = name, script });
            else
                context.Output.WriteLine(script);
            return ExitCode.Success;
        });
        return command;
    }
}
