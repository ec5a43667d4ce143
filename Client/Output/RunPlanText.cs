using System.Text.Json.Nodes;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>What a run would do, as far as it follows from its specification and its images.</summary>
internal sealed class RunPlanText
{
    private readonly RunSpecification _specification;
    private readonly int[] _available;
    private readonly ClassCounts _counts;
    private readonly RunPlan _plan;
    private readonly ShotGroups _groups;
    private readonly NetworkSize _size;
    private readonly double? _imagesPerSecond;
    private readonly string? _measuredIn;

    /// <param name="specification">The run.</param>
    /// <param name="available">Training images by class, before the imbalance.</param>
    /// <param name="kept">Those that the imbalance leaves.</param>
    /// <param name="groups">Its setting for shot groups.</param>
    /// <param name="earlier">Earlier runs, newest first: the pace of one alike gives the estimate.</param>
    public RunPlanText(
        RunSpecification specification,
        IReadOnlyList<int> available,
        IReadOnlyList<int> kept,
        string groups,
        IEnumerable<RunRecord> earlier
    )
    {
        _specification = specification;
        _available = [.. available];
        _counts = new([.. kept]);
        _plan = new(specification, _counts.Total);
        _groups = ShotGroups.Parse(groups, _counts);
        _size = NetworkSize.Of(specification.Model, _counts.Count);
        var alike = earlier.FirstOrDefault(run =>
            run.Last is { ImagesPerSecond: > 0 } && IsAlike(RunDocument.Specification(run), specification)
        );
        _imagesPerSecond = alike?.Last?.ImagesPerSecond;
        _measuredIn = alike?.Id;
    }

    private TimeSpan? Estimate =>
        _imagesPerSecond is { } pace
            ? TimeSpan.FromSeconds((double)_counts.Total * _specification.TotalEpochs / pace)
            : null;

    /// <summary>The plan as lines.</summary>
    /// <param name="title">Preset or file.</param>
    /// <param name="where">The cluster; null for this process.</param>
    /// <param name="trainers">How many; null for one a core.</param>
    /// <param name="device">Kind of device.</param>
    /// <param name="runs">Folder of the runs as a person would type it.</param>
    /// <param name="kept">Checkpoints that stay.</param>
    /// <param name="command">What starts it.</param>
    public IEnumerable<Line> Lines(
        string title,
        string? where,
        int? trainers,
        string device,
        string runs,
        int kept,
        string command
    )
    {
        var specification = _specification;
        yield return Labelled("plan")
            .Add(title, "bold")
            .Add(
                $" · {specification.Method.Name} · {specification.Model.Architecture} ({Figures.Count(_size.Parameters)} parameters) · seed {specification.Seed}"
            );
        yield return Labelled("data")
            .Add(
                $"{RunTitle.DatasetName(specification.Dataset.Name)}, {Figures.Count(_counts.Total)} of {Figures.Count(_available.Sum())} training images, {_counts.Count} classes, largest/smallest {_counts.Largest}/{_counts.Smallest}"
            );
        yield return Labelled("schedule").Add(Schedule());
        yield return Labelled("groups").Add(Groups());
        yield return Labelled("trainers")
            .Add(
                where is not null
                    ? $"{where}: {(trainers is { } some ? $"{some}" : "all that are free")}; "
                    : $"local: {(trainers is { } n ? $"{n} × {device}" : $"one a core or device, {device}")}; "
            )
            .Add(
                Estimate is { } estimate
                    ? $"estimate {Figures.Span(estimate)} ({_imagesPerSecond:0} img/s in {_measuredIn})"
                    : "no estimate: no run like it was measured here yet"
            );
        yield return Labelled("writes")
            .Add(
                $"a new folder in {runs} (about {Figures.Bytes((_size.CheckpointBytes * kept) + (1 << 20))})"
            );
        yield return new Line().Add($"Nothing was started. Run it with:  {command}");
    }

    /// <summary>The plan as one object.</summary>
    public JsonObject Document(string title)
    {
        var document = RunJson.Of("plan");
        document["title"] = title;
        document["specification"] = JsonNode.Parse(SpecificationDocument.Write(_specification));
        document["specification_sha256"] = SpecificationDocument.Hash(_specification);
        document["parameters"] = _size.Parameters;
        document["class_counts"] = new JsonArray([.. _counts.Select(count => (JsonNode)count)]);
        document["training_images"] = _counts.Total;
        document["rounds_per_epoch"] = _plan.RoundsPerEpoch;
        document["rounds"] = _plan.Rounds;
        document["groups"] = new JsonObject
        {
            ["thirds"] = _groups.AreThirds,
            ["many"] = Classes(_groups.Many),
            ["medium"] = Classes(_groups.Medium),
            ["few"] = Classes(_groups.Few),
        };
        document["estimate"] = RunJson.Number(Estimate?.TotalSeconds);
        document["checkpoint_bytes"] = _size.CheckpointBytes;
        document["started"] = false;
        return document;

        static JsonArray Classes(IReadOnlyList<int> classes) => [.. classes.Select(c => (JsonNode)c)];
    }

    private string Schedule()
    {
        var (specification, schedule, method) = (
            _specification,
            _specification.Schedule,
            _specification.Method
        );
        var batch =
            specification.LocalSteps > 1
                ? $"{specification.LocalSteps} × {specification.BatchSize}"
                : $"{specification.BatchSize}";
        var first = specification.Pretraining is { } pretraining
            ? $"{pretraining.Epochs} epochs of {pretraining.Kind} pre-training, then "
            : "";
        var words =
            $"{first}{specification.Epochs} epochs × {_plan.RoundsPerEpoch} rounds of {batch} = {Figures.Count(_plan.Rounds)} rounds; warm-up {schedule.WarmupEpochs}";
        words += schedule.Kind switch
        {
            "step" when schedule.Milestones.Count > 0 =>
                $", steps at {string.Join(" and ", schedule.Milestones)}",
            "step" => "",
            _ => $", {schedule.Kind}",
        };
        return method.Reweight switch
        {
            Reweighting.Deferred when method.DeferEpoch < specification.Epochs =>
                $"{words}, re-weighting from {method.DeferEpoch}",
            Reweighting.Balanced => $"{words}, re-weighted",
            _ => words,
        };
    }

    private string Groups()
    {
        var sizes = $"{_groups.Many.Count}/{_groups.Medium.Count}/{_groups.Few.Count} classes";
        if (_counts.Count > 1 && _counts.Largest == _counts.Smallest)
        {
            return $"one, '{_groups.NameOf(0)}': every class has {Figures.Count(_counts.Largest)} training images";
        }
        if (!_groups.AreThirds)
        {
            return $"many/medium/few by count, {sizes}";
        }

        var usual = ShotGroups.ByThresholds(_counts);
        string[] empty =
        [
            .. new[] { ("many", usual.Many), ("medium", usual.Medium), ("few", usual.Few) }
                .Where(group => group.Item2.Count == 0)
                .Select(group => $"'{group.Item1}'"),
        ];
        return empty.Length > 0
            ? $"thirds by count, {sizes} (fixed thresholds would leave {string.Join(" and ", empty)} empty)"
            : $"thirds by count, {sizes}";
    }

    private static Line Labelled(string label) => new Line().Add(label, "grey").To(11, least: 1);

    // The pace depends on network, image size and how a batch is cut; not on method, seed or length.
    private static bool IsAlike(RunSpecification a, RunSpecification b) =>
        a.Model.Architecture == b.Model.Architecture
        && a.Dataset.Name == b.Dataset.Name
        && a.BatchSize == b.BatchSize
        && a.Slots == b.Slots;
}
