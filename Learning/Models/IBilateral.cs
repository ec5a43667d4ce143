using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>A network whose features come from two branches.</summary>
internal interface IBilateral
{
    /// <summary>What the conventional branch says of some rows: [rows, features].</summary>
    Tensor Conventional(ForwardPass pass, Tensor rows);

    /// <summary>What the re-balancing branch says of some rows: [rows, features].</summary>
    Tensor Rebalancing(ForwardPass pass, Tensor rows);

    /// <summary>Logits of features.</summary>
    /// <param name="pass">State and mode.</param>
    /// <param name="features">[rows, 2 · features], the conventional branch's first.</param>
    NetworkOutput Classify(ForwardPass pass, Tensor features);
}
