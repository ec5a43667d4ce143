using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration;

/// <summary>Reads a configuration that came over the network.</summary>
/// <remarks>
/// Nothing of the machine that reads it takes part, neither variables nor folders: the same text means the same run at every silo. What a path
/// may name is judged where it is opened.
/// </remarks>
public static class RequestConfiguration
{
    /// <summary>What messages and origins call the text, in the place of a file's name.</summary>
    public const string Name = "request";

    /// <summary>The run that a text asks for.</summary>
    /// <param name="text">YAML, or JSON with the same keys.</param>
    /// <exception cref="FaultException">MM10xx, with all problems and where they stand.</exception>
    public static (RunSpecification Specification, RunSettings Settings) Read(string text)
    {
        var run = RunConfiguration.Resolve(
            new()
            {
                FileName = Name,
                FileText = text,
                WorkingFolder = null,
            }
        );
        return (run.Specification, run.Settings);
    }
}
