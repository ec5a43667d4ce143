using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys at the top: what the run is called, and its seed.</summary>
internal static class RunKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Writing("version", "1", new IntegerValue(1, 1), "format of the file", null),
        Key.Setting(
            "name",
            s => s.Name,
            "shown in lists; null = the preset's name",
            new TextValue("letters, digits, - and .", "c10-lt100-mm", "^[A-Za-z0-9.-]{1,64}$")
            {
                Nullable = true,
            },
            builtIn: "null"
        ) with
        {
            Flag = "--name",
        },
        Key.Writing(
            "preset",
            "null",
            new ChoiceValue([.. Presets.Names]) { Noun = "preset", Nullable = true },
            "base values; everything else overrides it; null = tiny, or DATASET-lt-100 when a CIFAR set is named",
            (run, value, _) =>
            {
                var preset = (string)value!;
                return run with { Preset = preset, Settings = run.Settings with { Preset = preset } };
            }
        ) with
        {
            Flag = "--preset",
        },
        Key.Writing(
            "tags",
            "{}",
            new TagsValue(),
            "free labels",
            (run, value, _) =>
                run with
                {
                    Settings = run.Settings with
                    {
                        Tags =
                        [
                            .. ((IDictionary<string, string>)value!).Select(tag => $"{tag.Key}={tag.Value}"),
                        ],
                    },
                }
        ),
        Key.Specification(
            "seed",
            s => s.Seed,
            "one seed; initialisation, order and augmentation derive from it",
            new IntegerValue(0, long.MaxValue)
        ) with
        {
            Flag = "--seed",
        },
        Key.Specification("strict", s => s.Strict, "bitwise reproducible"),
    ];
}
