using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training;

/// <summary>What a replica's network says of images by the state held, in evaluation mode; the state stays as it is.</summary>
public sealed class Inference
{
    private readonly Network _network;
    private readonly ILoss _loss;
    private readonly NetworkInput _input;
    private readonly FlatState _state;
    private readonly FlatState _work;

    internal Inference(Network network, ILoss loss, NetworkInput input, FlatState state, FlatState work) =>
        (_network, _loss, _input, _state, _work) = (network, loss, input, state, work);

    /// <summary>Classifies images and counts.</summary>
    /// <exception cref="NonFiniteLossException">A loss is not finite.</exception>
    public void Evaluate(Batch batch, EvaluationTally into)
    {
        if (batch.Rows == 0)
            return;
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var labels = _input.Labels(batch);
        var output = _network.Forward(_state.Pass(training: false), _input.Rows(batch));
        var logits = output.Logits;
        var classes = (int)logits.shape[1];
        var rows = NetworkInput.Doubles(_loss.Rows(LossInput.Of(output, labels)));
        var values = NetworkInput.Doubles(logits);
        for (var i = 0; i < batch.Rows; i++)
        {
            var (loss, label) = (rows[i], (int)batch.Labels[i]);
            if (!double.IsFinite(loss))
                throw _input.Diverged(
                    _state,
                    _work,
                    batch,
                    training: false,
                    $"The test loss of row {i} is {loss}"
                );
            into.Add(label, values.AsSpan(i * classes, classes), loss);
        }
    }

    /// <summary>What the classifier is given for images: one row an image.</summary>
    public IReadOnlyList<double[]> Features(Batch batch)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var features = _network.Forward(_state.Pass(training: false), _input.Rows(batch)).Features;
        var length = (int)features.shape[1];
        return [.. NetworkInput.Doubles(features).Chunk(length)];
    }

    /// <summary>The logits of images: [rows, classes], disposed by the caller.</summary>
    public Tensor Logits(Batch batch)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        return _network
            .Forward(_state.Pass(training: false), _input.Rows(batch))
            .Logits.MoveToOuterDisposeScope();
    }
}
