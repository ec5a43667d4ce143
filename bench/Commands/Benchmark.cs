using System.CommandLine;
using System.Runtime.InteropServices;
using MMOrleans.Learning.Training;

namespace MMOrleans.Bench.Commands;

/// <summary>A verb of <c>bench</c>: declares its options, measures, and says whether its targets were met.</summary>
/// <remarks>Options belong to the command that made them and are never shared: a parser changes them.</remarks>
internal abstract class Benchmark : Command
{
    protected Benchmark(string name, string description)
        : base(name, description) =>
        SetAction(
            async (input, cancellationToken) =>
            {
                var output = input.InvocationConfiguration.Output;
                await output.WriteLineAsync(
                    $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET {Environment.Version}; {TorchLibrary.Fingerprint(TorchSharp.torch.CPU)}"
                );
                return await MeasureAsync(input, output, cancellationToken) ? 0 : 1;
            }
        );

    /// <summary>How CI runs it: once, for seconds, so that it does not rot between the measurements.</summary>
    public abstract BriefRun Brief { get; }

    /// <returns>Whether every target was met.</returns>
    protected abstract Task<bool> MeasureAsync(
        ParseResult input,
        TextWriter output,
        CancellationToken cancellationToken
    );
}
