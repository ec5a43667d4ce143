using MMOrleans.Learning.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>The residual network of 6n + 2 layers for small images; identity shortcuts of type A.</summary>
/// <remarks>He, Zhang, Ren, Sun, CVPR 2016, §4.2.</remarks>
public sealed class ResNet : Network
{
    private readonly ResNetTrunk _trunk;
    private readonly IHead _head;

    /// <param name="blocks">n: blocks of each of the three stages, 1 or more.</param>
    /// <param name="model">For the head.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    public ResNet(int blocks, ModelSpecification model, int classes, int height, int width)
    {
        _trunk = new(this, blocks, height, width, withLast: true);
        _head = Heads.Create(this, model, _trunk.Features, classes);
    }

    /// <inheritdoc/>
    public override int InputLength => _trunk.InputLength;

    /// <inheritdoc/>
    public override NetworkOutput Forward(ForwardPass pass, Tensor rows) =>
        _head.Forward(pass, FeaturesOf(pass, _trunk.Images(rows)));

    /// <summary>[rows, 64] from [rows, 3, height, width].</summary>
    internal Tensor FeaturesOf(ForwardPass pass, Tensor images) =>
        ResNetTrunk.Pooled(_trunk.OfImages(pass, images));
}
