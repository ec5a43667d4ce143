using System.Runtime.CompilerServices;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Client.Connections;

/// <summary>A silo with its trainers in this process: the one seam to what trains.</summary>
/// <remarks>Methods that name types of the silo are not inlined, so that verbs which never call them do not load it.</remarks>
internal sealed class LocalConnection : IRunConnection
{
    private readonly LocalCluster _cluster;

    private LocalConnection(LocalCluster cluster) => _cluster = cluster;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<IRunConnection> OpenAsync(LocalPlace place, CancellationToken cancellationToken)
    {
        return new LocalConnection(
            await LocalCluster.StartAsync(
                new()
                {
                    RunsFolder = place.RunsFolder,
                    Trainers = place.Trainers,
                    Device = place.Device,
                    OtlpEndpoint = place.OtlpEndpoint,
                    PrometheusPort = place.PrometheusPort,
                },
                cancellationToken
            )
        );
    }

    /// <summary>Evaluates a checkpoint on the test images.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Evaluation Evaluate(
        RunSpecification specification,
        string checkpointFolder,
        string? dataPath,
        string device,
        int? calibrationBins = null,
        ICollection<TestPrediction>? predictions = null,
        CancellationToken cancellationToken = default
    ) =>
        LocalEvaluation.Evaluate(
            specification,
            checkpointFolder,
            dataPath,
            device,
            calibrationBins,
            predictions,
            cancellationToken
        );

    /// <summary>Evaluates a model on the test images.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Evaluation Evaluate(
        StoredModel model,
        string? dataPath,
        string device,
        CancellationToken cancellationToken = default
    ) => LocalEvaluation.Evaluate(model, dataPath, device, cancellationToken);

    /// <summary>Loads a model to ask it about images.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static LocalClassifier Classifier(StoredModel model, string device) =>
        LocalClassifier.Open(model, device);

    /// <summary>Computes a classifier from trained weights.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ComputedClassifier Compute(
        RunSpecification specification,
        string weightsPath,
        string? dataPath,
        string device,
        int calibrationBins,
        CancellationToken cancellationToken = default
    ) =>
        ClassifierComputation.Compute(
            specification,
            weightsPath,
            dataPath,
            device,
            calibrationBins,
            cancellationToken
        );

    public IRunHandle Run(string runId) => new GrainRun(_cluster.Grains.GetGrain<IRunGrain>(runId));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
