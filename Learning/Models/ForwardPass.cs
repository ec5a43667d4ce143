using TorchSharp;

namespace MMOrleans.Learning.Models;

/// <summary>What a network computes with: one state's tensors, and the mode.</summary>
/// <param name="Parameters">In the order in which the network declared them.</param>
/// <param name="Buffers">Likewise.</param>
/// <param name="Training">Normalise by the batch and update the running statistics, rather than normalise by these.</param>
/// <param name="Observe">Told every layer's name and output, when someone looks for the layer that went wrong; else null.</param>
public sealed record ForwardPass(
    IReadOnlyList<torch.Tensor> Parameters,
    IReadOnlyList<torch.Tensor> Buffers,
    bool Training,
    Action<string, torch.Tensor>? Observe = null
)
{
    /// <summary>Answer with the head of pre-training instead of the classifier.</summary>
    public bool Pretrains { get; init; }

    internal torch.Tensor Observed(string layer, torch.Tensor output)
    {
        Observe?.Invoke(layer, output);
        return output;
    }
}
