using System.Text;
using System.Text.Json;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>Reads what a client submits, and refuses what no <c>mm</c> sends: a request is foreign bytes.</summary>
/// <remarks>
/// The limits are those that the records declare, which are those of the configuration's keys; they keep a request from taking a silo's memory
/// before anything is trained. Names of methods, models and data sets are refused where they are looked up.
/// </remarks>
internal static class SubmissionCheck
{
    /// <summary>Bytes of a specification and of the YAML beside it; a run's are some kilobytes.</summary>
    public const int LargestText = 1 << 20;

    private const int LongestName = 256;
    private const int MostTags = 256;

    /// <summary>The specification of a submission that may be tried.</summary>
    /// <exception cref="FaultException">MM1004: a value out of range. MM1006: no specification.</exception>
    public static RunSpecification Read(RunSubmission submission)
    {
        RequireId(submission.RunId);
        var settings = submission.Settings ?? throw Malformed("it has no settings");
        Size("the specification", submission.Specification, LargestText);
        Size("the configuration's YAML", settings.ConfigurationYaml, LargestText);
        Size("name", settings.Name, LongestName);
        Size("preset", settings.Preset, LongestName);
        var tags = settings.Tags.IsDefault ? throw Malformed("its tags are missing") : settings.Tags;
        if (tags.Length > MostTags)
            throw OutOfRange($"the number of tags must be 0 to {MostTags:N0}, got {tags.Length:N0}");
        foreach (var tag in tags)
            Size("a tag", tag, LongestName);
        if (settings.Checkpoints is null)
            throw Malformed("it does not say when checkpoints are written");
        var specification = Parse(submission.Specification);
        if (
            RecordLimits
                .Against(specification)
                .Concat(RecordLimits.Against(settings, "settings."))
                .FirstOrDefault() is
            { } problem
        )
            throw OutOfRange(problem);
        return specification;
    }

    /// <summary>Refuses what cannot name a run's folder.</summary>
    /// <exception cref="FaultException">MM1004.</exception>
    public static void RequireId(string? id)
    {
        if (id is null || !RunId.MayNameAFolder(id))
            throw new FaultException(
                "MM1004",
                $"'{Shown(id)}' is not a run's id: it would name a folder elsewhere",
                "an id is r- and six letters or digits, as mm makes them"
            );
    }

    private static RunSpecification Parse(string text)
    {
        try
        {
            return SpecificationDocument.Read(text);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second kind comes from a text that is none, such as half a surrogate pair.
            throw Malformed(fault.Message, fault);
        }
    }

    private static FaultException OutOfRange(string problem) =>
        new("MM1004", problem, "submit the run with mm, which writes what silos take");

    private static void Size(string what, string? text, int most)
    {
        if (text is null)
            throw Malformed($"{what} is missing");
        if (Encoding.UTF8.GetByteCount(text) is var bytes && bytes > most)
            throw new FaultException(
                "MM1004",
                $"{what} must be {most:N0} bytes at most, got {bytes:N0}",
                "shorten it"
            );
    }

    private static FaultException Malformed(string why, Exception? inner = null) =>
        new(
            "MM1006",
            $"what was submitted is not a run of this version: {why.TrimEnd('.')}",
            "submit it with the mm of the cluster's version",
            inner
        );

    private static string Shown(string? id) =>
        id is null ? ""
        : id.Length > 40 ? id[..40] + "…"
        : id;
}
