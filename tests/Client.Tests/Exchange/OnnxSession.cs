using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MMOrleans.Runs.Exchange;

namespace MMOrleans.Client.Tests.Exchange;

/// <summary>An ONNX file in Microsoft's runtime, which knows nothing of us.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly ModelInput _input;

    public OnnxSession(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new(path, options);
        _input = ModelCard.Read(Path.Combine(Path.GetDirectoryName(path)!, ModelCard.FileName))!.Input;
    }

    public InferenceSession Session => _session;

    /// <summary>Logits of one batch, row by row.</summary>
    /// <param name="images">Planes of red, green and blue each.</param>
    public float[] Logits(IReadOnlyList<byte[]> images)
    {
        var plane = _input.Height * _input.Width;
        var numbers = new float[images.Count * 3 * plane];
        for (var i = 0; i < numbers.Length; i++)
        {
            var channel = i / plane % 3;
            var value = images[i / (3 * plane)][i % (3 * plane)];
            numbers[i] = (float)(
                ((value / 255.0) - _input.Mean[channel]) / _input.StandardDeviation[channel]
            );
        }

        var tensor = new DenseTensor<float>(numbers, [images.Count, 3, _input.Height, _input.Width]);
        using var results = _session.Run([NamedOnnxValue.CreateFromTensor("images", tensor)]);
        return [.. results.Single(r => r.Name == "logits").AsTensor<float>()];
    }

    public void Dispose() => _session.Dispose();
}
