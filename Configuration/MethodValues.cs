using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration;

/// <summary>What <c>auto</c> means once data, method and epochs are known.</summary>
internal static class MethodValues
{
    // A method named by a stronger source means that method, not its name over the pieces of another one.
    public static void DropOverruled(Layers layers)
    {
        var strongest = layers["method.name"];
        for (var origin = Origin.File; origin < strongest.Place.Origin; origin++)
            if (layers.At(origin, "method.name") is { } weaker && Equals(weaker.Value, strongest.Value))
                return;
        for (var origin = Origin.File; origin < strongest.Place.Origin; origin++)
            foreach (var key in ConfigKeys.All.Where(key => key.IsPieceOfMethod))
                layers.Drop(origin, key.Path);
    }

    /// <summary>The pieces of the method, and its numbers as published for the data and imbalance.</summary>
    public static void FillMethod(Resolution run)
    {
        var method = MethodCatalogue.Find(run.Text("method.name"))!;
        run.Layers.AddRecipe(method);
        foreach (var key in ConfigKeys.All)
            if (key.FromMethod is { } piece)
                run.Fill(key.Path, Key.Read(piece(method))!, new(Origin.Method, $"method {method.Name}"));
        var (kind, ratio) = (run.Text("imbalance.kind"), run.Number("imbalance.ratio"));
        var published = new Place(
            Origin.Method,
            $"method {method.Name} on {run.Dataset.Name}, {kind} {ratio}"
        );
        run.Fill(
            "method.scale",
            run.Loss.IsChangedBy("scale") ? PublishedMargins.Scale(run.Dataset.Name, run.Loss.Name) : 1.0,
            published
        );
        var (minus, beta) = PublishedMargins.For(run.Dataset.Name, kind, ratio);
        run.Fill("method.delta_minus", minus, published);
        run.Fill("method.delta_ratio", beta, published);
    }

    /// <summary>The schedule of so many epochs, and slots that may share a batch.</summary>
    public static void FillSchedule(Resolution run)
    {
        var epochs = run.Whole("train.epochs");
        var drops = MethodCatalogue.Find(run.Text("method.name"))!.Drops;
        var scaled = ScaledSchedule.For(epochs, drops.First, drops.Second);
        var from = new Place(Origin.Method, $"auto for {epochs} epochs");
        run.Fill("pretraining.epochs", (long)epochs, from);
        run.Fill("schedule.warmup_epochs", (long)scaled.WarmupEpochs, from);
        run.Fill("schedule.milestones", scaled.Milestones, from);
        run.Fill("method.defer_epoch", (long)(run.IsDeferred ? scaled.DeferEpoch : epochs), from);
        if (run.WholeBatch() is not null)
            run.Fill(
                "distribution.slots",
                1L,
                new(Origin.Method, $"loss {run.Loss.Name}: whole batches only")
            );
        else if (run.Objective.WholeBatch is not null)
            run.Fill(
                "distribution.slots",
                1L,
                new(Origin.Method, $"objective {run.Objective.Name}: whole batches only")
            );
        else
        {
            var usual = (int)ConfigKeys.Find("distribution.slots")!.Lens!.Default()!;
            run.Fill("distribution.slots", (long)usual, new(Origin.BuiltIn, $"built in: {usual} everywhere"));
        }
    }
}
