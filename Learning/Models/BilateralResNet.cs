using MMOrleans.Runs.Checkpoints;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>A residual network whose last block exists twice, and one classifier of what the two say.</summary>
/// <remarks>
/// Zhou, Cui, Wei, Chen, CVPR 2020 (BBN), §4. In use an image goes through both branches, and their features are concatenated as they
/// are: the same as weights of ½, doubled.
/// </remarks>
public sealed class BilateralResNet : Network
{
    private readonly ResNetTrunk _trunk;
    private readonly BasicBlock _conventional;
    private readonly BasicBlock _rebalancing;
    private readonly PlainHead _head;

    /// <param name="blocks">n: blocks of each of the three stages, 1 or more.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    public BilateralResNet(int blocks, int classes, int height, int width)
    {
        _trunk = new(this, blocks, height, width, withLast: false);
        _conventional = _trunk.LastBlock(this, "conventional");
        _rebalancing = _trunk.LastBlock(this, "rebalancing");
        _head = Within(
            StatePart.Classifier,
            () => new PlainHead(this, "linear", 2 * _trunk.Features, classes)
        );
    }

    /// <inheritdoc/>
    public override int InputLength => _trunk.InputLength;

    /// <inheritdoc/>
    public override NetworkOutput Forward(ForwardPass pass, Tensor rows)
    {
        var shared = _trunk.Forward(pass, rows);
        return _head.Forward(
            pass,
            cat(
                [
                    ResNetTrunk.Pooled(_conventional.Forward(pass, shared)),
                    ResNetTrunk.Pooled(_rebalancing.Forward(pass, shared)),
                ],
                1
            )
        );
    }

    /// <summary>What the conventional branch says of some rows: [rows, features].</summary>
    internal Tensor Conventional(ForwardPass pass, Tensor rows) => Features(pass, rows, _conventional);

    /// <summary>What the re-balancing branch says of some rows: [rows, features].</summary>
    internal Tensor Rebalancing(ForwardPass pass, Tensor rows) => Features(pass, rows, _rebalancing);

    /// <summary>Logits of features.</summary>
    /// <param name="pass">State and mode.</param>
    /// <param name="features">[rows, 2 · features], the conventional branch's first.</param>
    internal NetworkOutput Classify(ForwardPass pass, Tensor features) => _head.Forward(pass, features);

    private Tensor Features(ForwardPass pass, Tensor rows, BasicBlock branch) =>
        ResNetTrunk.Pooled(branch.Forward(pass, _trunk.Forward(pass, rows)));
}
