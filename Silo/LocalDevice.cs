using MMOrleans.Learning.Training;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Specifications;
using TorchSharp;

namespace MMOrleans.Silo;

/// <summary>A device of the caller's process, for what needs no grains.</summary>
internal static class LocalDevice
{
    /// <summary>Checks that the device is there and prepares the calling thread for it.</summary>
    /// <param name="kind"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="FaultException">MM9001, MM9002: this machine cannot.</exception>
    public static torch.Device Prepare(string kind)
    {
        TorchDevices.Require(kind);
        TorchThreads.Configure();
        return TorchDevices.Open(kind == "auto" ? TorchDevices.Preferred : kind);
    }

    /// <summary>The network of a model, ready to classify.</summary>
    /// <exception cref="FaultException">MM5002: the tensors are not those that the card describes.</exception>
    public static Replica Load(StoredModel model, torch.Device device)
    {
        var card = model.Card;
        var replica = new Replica(
            WithoutTraining(card.ReadSpecification()),
            card.ClassCounts,
            card.Input.Height,
            card.Input.Width,
            device
        );
        try
        {
            var (parameters, buffers) = model.Vectors(replica.Layout);
            replica.LoadState(parameters, new float[parameters.Length], buffers);
            return replica;
        }
        catch
        {
            replica.Dispose();
            throw;
        }
    }

    // An exported model has neither pre-training's head nor what an objective carried.
    private static RunSpecification WithoutTraining(RunSpecification run) =>
        run with
        {
            Pretraining = null,
            Method = ObjectiveCatalogue.Of(run.Method).CarriesState
                ? run.Method with
                {
                    Objective = null,
                    Companion = null,
                }
                : run.Method,
        };
}
