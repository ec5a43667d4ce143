using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.DataShards;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>Finds the weights that a new run begins with, and makes sure that they are the ones meant and that they fit.</summary>
internal static class StartingWeights
{
    /// <param name="specification">Names them by hash, or none.</param>
    /// <param name="place">Where they lie: <c>RUN@CHECKPOINT</c>, or a path.</param>
    /// <param name="data">Of the new run.</param>
    /// <param name="books">Where runs are.</param>
    /// <param name="paths">Which paths may be named.</param>
    /// <returns>Null when the run begins with its seed's.</returns>
    /// <exception cref="FaultException">
    /// MM1005: nobody says where. MM1007: no such run or checkpoint. MM3003: a path that may not be named. MM5001: damaged, or other
    /// weights. MM5002: they do not fit.
    /// </exception>
    public static InitialWeights? Find(
        RunSpecification specification,
        string? place,
        TrainingData data,
        RunDirectoryFactory books,
        ClientPaths paths
    )
    {
        if (specification.Model.InitFrom is null)
            return null;
        if (place is null)
            throw new FaultException(
                "MM1005",
                "the run begins with weights of another one, and nothing says where these lie",
                "set model.init_from to a run, a RUN@CHECKPOINT or a model file"
            );
        var weights = InitialWeights.Require(Read(place, books, paths), specification.Model);
        var (width, height) = data.Size;
        weights.CheckFit(
            specification.Model,
            Networks
                .Create(specification.Model, data.Counts.Count, height, width, specification.Pretraining)
                .Layout
        );
        return weights;
    }

    private static InitialWeights Read(string place, RunDirectoryFactory books, ClientPaths paths)
    {
        if (
            CheckpointReference.Parse(place) is not { Run: var run, Checkpoint: var checkpoint }
            || CheckpointName.Canonical(checkpoint) is null
        )
            return WeightsFile.Read(paths.Resolve(place, "model.init_from"));
        using var book = books.Open(run);
        return book.Read() is null
            ? throw new FaultException("MM1007", $"there is no run {run} to begin with", "mm runs lists them")
            : WeightsFile.Read(book.Checkpoints.FindIntact(checkpoint).Path);
    }
}
