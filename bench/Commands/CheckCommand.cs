using System.CommandLine;

namespace MMOrleans.Bench.Commands;

/// <summary><c>bench check</c>: every verb once, for seconds, and nothing that it started is left.</summary>
internal sealed class CheckCommand : Command
{
    /// <param name="verbs">All verbs. What <c>all</c> runs is run as part of it.</param>
    public CheckCommand(IReadOnlyList<Benchmark> verbs)
        : base(
            "check",
            "Every verb once, for seconds: whether it still works, and leaves no process behind."
        ) =>
        SetAction(
            async (input, _) =>
            {
                var output = input.InvocationConfiguration.Output;
                var parts = verbs.OfType<AllCommand>().SelectMany(all => all.Members).ToHashSet();
                var works = true;
                foreach (var verb in verbs.Where(verb => !parts.Contains(verb.Name)))
                    works &= await BriefCheck.RunAsync(verb, output);
                return works & await BriefCheck.KillAsync(verbs.Single(verb => verb.Name == "silos"), output)
                    ? 0
                    : 1;
            }
        );
}
