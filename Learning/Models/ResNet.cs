using MMOrleans.Learning.Checkpoints;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>The residual network of 6n + 2 layers for small images; identity shortcuts of type A.</summary>
/// <remarks>
/// He, Zhang, Ren, Sun, CVPR 2016, §4.2. Images come as rows of [height, width, 3]; seen as [rows, 3, height, width] these are in
/// channels-last order, in which the CPU's convolutions are 1.6 times faster, and stay so through the network.
/// </remarks>
public sealed class ResNet : Network
{
    private const int Channels = 3;
    private const int Features = 64;

    private readonly int _height;
    private readonly int _width;
    private readonly Convolution3x3 _conv1;
    private readonly BatchNorm _bn1;
    private readonly List<BasicBlock> _blocks = [];
    private readonly IHead _head;
    private readonly IHead? _pretext;

    /// <param name="blocks">n: blocks of each of the three stages, 1 or more.</param>
    /// <param name="model">For the head.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="pretraining">The first stage; null for none.</param>
    /// <exception cref="LearningFault">MM1005: images that are not square cannot be turned. MM1007: no such head or pre-training.</exception>
    public ResNet(
        int blocks,
        ModelSpecification model,
        int classes,
        int height,
        int width,
        PretrainingSpecification? pretraining = null
    )
    {
        (_height, _width) = (height, width);
        _conv1 = new(this, "conv1", Channels, 16, 1);
        _bn1 = new(this, "bn1", 16);
        var inputs = 16;
        for (var stage = 1; stage <= 3; stage++)
        {
            var outputs = 8 << stage; // 16, 32, 64
            for (var block = 0; block < blocks; block++)
            {
                var stride = stage > 1 && block == 0 ? 2 : 1;
                _blocks.Add(new(this, $"layer{stage}.{block}", inputs, outputs, stride));
                inputs = outputs;
            }
        }

        _head = Within(StatePart.Classifier, () => Heads.Create(this, model, Features, classes));
        // After everything else, so that the model's own first values are those of a run without it.
        if (pretraining is not null)
            _pretext = Within(StatePart.Rotation, () => Pretext(pretraining));
    }

    /// <inheritdoc/>
    public override int InputLength => _height * _width * Channels;

    /// <inheritdoc/>
    public override NetworkOutput Forward(ForwardPass pass, Tensor rows)
    {
        var images = rows.view(rows.shape[0], _height, _width, Channels).permute(0, 3, 1, 2);
        return (pass.Pretrains ? _pretext! : _head).Forward(pass, FeaturesOf(pass, images));
    }

    private PlainHead Pretext(PretrainingSpecification pretraining)
    {
        if (pretraining.Kind != "rotation")
            throw LearningFault.NoChoice("pretraining.kind", pretraining.Kind, "rotation");
        if (_height != _width)
            throw new LearningFault(
                "MM1005",
                $"Rotation pre-training turns images by quarters, and these are {_width} pixels across and {_height} down",
                "Set dataset.image_size, which makes them square, or pretraining.kind to none."
            );
        return new(this, "rotation", Features, Rotation.Classes);
    }

    /// <summary>[rows, 64] from [rows, 3, height, width].</summary>
    internal Tensor FeaturesOf(ForwardPass pass, Tensor images)
    {
        var x = nn.functional.relu(_bn1.Forward(pass, _conv1.Forward(pass, images)), inplace: true);
        foreach (var block in _blocks)
            x = block.Forward(pass, x);
        return x.mean([2, 3]);
    }
}
