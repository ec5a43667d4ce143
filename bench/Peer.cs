namespace MMOrleans.Bench;

/// <summary>A script of another system that a benchmark is compared with.</summary>
/// <param name="Script">Its path.</param>
/// <param name="Python">The program that runs it.</param>
internal sealed record Peer(string Script, string Python)
{
    /// <summary>A script for <c>sh</c> that answers as a peer does and computes nothing: with it the verbs that need one can be tried.</summary>
    public static string StandIn { get; } = Path.Combine(AppContext.BaseDirectory, "peers", "stand-in.sh");

    /// <exception cref="FileNotFoundException">The script is not there.</exception>
    public BoundProcess Start(params IEnumerable<string> arguments)
    {
        if (!File.Exists(Script))
        {
            throw new FileNotFoundException(
                $"The peer script {Script} is not there; give its path with --peer.",
                Script
            );
        }

        return BoundProcess.Start(Python, [Script, .. arguments]);
    }
}
