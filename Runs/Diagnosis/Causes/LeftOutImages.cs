using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Images that were left out because they cannot be read.</summary>
internal static class LeftOutImages
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        if (evidence.All<ImagesLeftOut>().FirstOrDefault() is not { What: { } what } found)
            yield break;
        yield return new(
            "images_left_out",
            $"{Words.Count(what.Images, "image")} could not be read and {(what.Images == 1 ? "was" : "were")} left out (MM2005)."
        )
        {
            Time = found.Event.Time,
            Code = "MM2005",
            Evidence =
            [
                new("the first", what.First),
                new(
                    "noticed",
                    "before the first round, when the images were opened; dataset.on_bad_image is skip"
                ),
            ],
        };
    }
}
