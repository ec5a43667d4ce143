using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>The residual network of 6n + 2 layers for small images; identity shortcuts of type A.</summary>
/// <remarks>He, Zhang, Ren, Sun, CVPR 2016, §4.2.</remarks>
public sealed class ResNet : Network
{
    private readonly ResNetTrunk _trunk;
    private readonly IHead _head;
    private readonly IHead? _pretext;

    /// <param name="blocks">n: blocks of each of the three stages, 1 or more.</param>
    /// <param name="model">For the head.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="pretraining">The first stage; null for none.</param>
    /// <exception cref="FaultException">MM1005: images that are not square cannot be turned. MM1007: no such head or pre-training.</exception>
    public ResNet(
        int blocks,
        ModelSpecification model,
        int classes,
        int height,
        int width,
        PretrainingSpecification? pretraining = null
    )
    {
        _trunk = new(this, blocks, height, width, withLast: true);
        _head = Within(StatePart.Classifier, () => Heads.Create(this, model, _trunk.Features, classes));
        // After everything else, so that the model's own first values are those of a run without it.
        if (pretraining is not null)
            _pretext = Within(StatePart.Rotation, () => Pretext(pretraining, height, width));
    }

    /// <inheritdoc/>
    public override int InputLength => _trunk.InputLength;

    /// <inheritdoc/>
    public override NetworkOutput Forward(ForwardPass pass, Tensor rows) =>
        (pass.Pretrains ? _pretext! : _head).Forward(pass, FeaturesOf(pass, _trunk.Images(rows)));

    private PlainHead Pretext(PretrainingSpecification pretraining, int height, int width)
    {
        if (pretraining.Kind != "rotation")
            throw FaultException.NoChoice("pretraining.kind", pretraining.Kind, "rotation");
        if (height != width)
            throw new FaultException(
                "MM1005",
                $"Rotation pre-training turns images by quarters, and these are {width} pixels across and {height} down",
                "Set dataset.image_size, which makes them square, or pretraining.kind to none."
            );
        return new(this, "rotation", _trunk.Features, Rotation.Classes);
    }

    /// <summary>[rows, 64] from [rows, 3, height, width].</summary>
    internal Tensor FeaturesOf(ForwardPass pass, Tensor images) =>
        ResNetTrunk.Pooled(_trunk.OfImages(pass, images));
}
