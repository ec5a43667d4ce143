using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Exchange;

namespace MMOrleans.Silo;

/// <summary>Says of images what a model thinks they are, in the caller's process and without grains.</summary>
/// <remarks>Used by one thread, the one that opened it.</remarks>
public sealed class LocalClassifier : IDisposable
{
    private readonly Replica _replica;
    private readonly Augmentation _augmentation;
    private readonly ModelCard _card;

    private LocalClassifier(Replica replica, ModelCard card)
    {
        (_replica, _card) = (replica, card);
        _augmentation = new(card.ReadSpecification(), card.Input.Width, card.Input.Height);
    }

    /// <summary>Loads a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="FaultException">MM9001, MM9002: this machine cannot. MM5002: the tensors are not those that the card describes.</exception>
    public static LocalClassifier Open(StoredModel model, string device) =>
        new(LocalDevice.Load(model, LocalDevice.Prepare(device)), model.Card);

    /// <summary>Logits of some images.</summary>
    /// <param name="images">Each a red, a green and a blue plane of the model's input size.</param>
    /// <returns>An array of as many numbers as there are classes for each image.</returns>
    public IReadOnlyList<float[]> Logits(IReadOnlyList<byte[]> images)
    {
        if (images.Count == 0)
        {
            return [];
        }

        var length = _card.Input.Channels * _card.Input.Height * _card.Input.Width;
        var pixels = new float[images.Count * length];
        for (var row = 0; row < images.Count; row++)
        {
            _augmentation.Test(images[row], pixels.AsSpan(row * length, length));
        }

        using var logits = _replica.Inference.Logits(
            new(images.Count, pixels, new long[images.Count], sampleSum: 0)
        );
        using var local = logits.cpu().contiguous();
        return [.. local.data<float>().ToArray().Chunk(_card.Classes.Count)];
    }

    /// <summary>How likely the model takes each class to be: the softmax of its scaled logits.</summary>
    /// <inheritdoc cref="Logits"/>
    public IReadOnlyList<double[]> Probabilities(IReadOnlyList<byte[]> images) =>
        [.. Logits(images).Select(Softmax)];

    /// <inheritdoc/>
    public void Dispose() => _replica.Dispose();

    private double[] Softmax(float[] logits)
    {
        var largest = logits.Max();
        double[] powers = [.. logits.Select(logit => Math.Exp(_card.LogitScale * (logit - largest)))];
        var sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }
}
