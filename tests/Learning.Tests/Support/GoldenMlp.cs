using System.Text.Json;
using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>The small networks of the golden files: fc1, ReLU, then fc2 or the normalised head.</summary>
internal sealed class GoldenMlp : Network
{
    private readonly PlainHead _fc1;
    private readonly IHead _head;

    public GoldenMlp(JsonElement c)
    {
        InputLength = c.Int("in");
        var (hidden, classes) = (c.Int("hidden"), c.Int("k"));
        _fc1 = new(this, "fc1", InputLength, hidden);
        _head = c.GetProperty("model").GetString()!.Contains("normalised", StringComparison.Ordinal)
            ? new NormalisedHead(this, "head", hidden, classes)
            : new PlainHead(this, "fc2", hidden, classes);
    }

    public override int InputLength { get; }

    public override NetworkOutput Forward(ForwardPass pass, Tensor rows) =>
        _head.Forward(pass, nn.functional.relu(_fc1.Forward(pass, rows).Logits));
}
