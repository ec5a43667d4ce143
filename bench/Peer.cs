namespace MMOrleans.Bench;

/// <summary>A program of another system that a benchmark is compared with.</summary>
/// <param name="Script">Its path.</param>
/// <param name="Python">What runs it if it is a script, of which the name has an extension.</param>
internal sealed record Peer(string Script, string Python)
{
    /// <summary>A script for <c>sh</c> that answers as a peer does and computes nothing: with it the verbs that need one can be tried.</summary>
    public static string StandIn { get; } = Path.Combine(AppContext.BaseDirectory, "peers", "stand-in.sh");

    /// <exception cref="FileNotFoundException">The script is not there.</exception>
    public BoundProcess Start(params IEnumerable<string> arguments) => Start([], arguments);

    /// <param name="prefix">What the command begins with.</param>
    /// <param name="arguments">The program's.</param>
    /// <exception cref="FileNotFoundException">The script is not there.</exception>
    public BoundProcess Start(IReadOnlyList<string> prefix, IEnumerable<string> arguments)
    {
        if (!File.Exists(Script))
        {
            throw new FileNotFoundException(
                $"The peer script {Script} is not there; give its path with --peer.",
                Script
            );
        }

        string[] command =
        [
            .. prefix,
            .. Path.HasExtension(Script) ? (string[])[Python] : [],
            Script,
            .. arguments,
        ];
        return BoundProcess.Start(command[0], command[1..]);
    }
}
